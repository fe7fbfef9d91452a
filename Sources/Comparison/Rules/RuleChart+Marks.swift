internal import FlowModel

// Marks that packets come with.

extension RuleChart {
    /// Whether packets may come with marks that rules set: out of a tunnel, whose own packets rules may mark, as the kernel keeps a mark when it
    /// unpacks them (`skb_scrub_packet`, `xfrm_input`).
    var tunnelMarks: Bool {
        var seen: Set<Int> = []
        var open = [NetfilterHook.ingress, .prerouting, .input].flatMap { bases[$0] ?? [] }.joined().map(\.chain)
        while let chain = open.popLast() {
            guard seen.insert(chain).inserted else { continue }
            for step in chains[chain].steps where step.match.mayMeanTunnel {
                if step.effects.contains(where: { if case .mark = $0 { true } else { false } }) { return true }
                if let target = step.target { open.append(target) }
            }
        }
        return false
    }
}

extension RuleMatch {
    /// Whether it may mean packets that carry others.
    fileprivate var mayMeanTunnel: Bool {
        tests.allSatisfy { test in
            switch test.subject {
            case .transport(let protocols):
                test.isNegated || protocols.contains { $0 == .udp || Self.carriers.contains($0.rawValue) }
            case .destinationPort(let ranges):
                test.isNegated || ranges.contains { range in Self.carryingPorts.contains(where: range.contains) }
            case .icmpType: test.isNegated
            default: true
            }
        }
    }

    /// IP in IP, 6in4, GRE, ESP and AH.
    private static let carriers: Set<UInt8> = [4, 41, 47, 50, 51]

    /// Of UDP: IPsec, VXLAN, Linux' own, and Geneve.
    private static let carryingPorts: [UInt16] = [4500, 4789, 8472, 6081]
}
