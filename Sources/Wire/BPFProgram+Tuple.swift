// What of an Ethernet frame a tuple tells, as programs of libpcap load it (pcap-filter(7), `tcpdump -d`).

extension BPFProgram {
    /// Whether it asks an Ethernet frame for nothing but addresses, ports, protocols and ICMP types, which all packets of a tuple have in
    /// common.
    ///
    /// Of a frame made of a tuple all else would be invented: a filter by TTL, length or flags picks packets, whatever one of them
    /// answers. What lies at a place depends on the kind of frame, and of which kinds frames may be that come to an instruction the
    /// comparisons in front of it tell: jumps lead onward only.
    public var asksOnlyTuples: Bool {
        var sights = [Sight](repeating: Sight(), count: instructions.count + 1)
        guard !instructions.isEmpty else { return true }
        sights[0].kinds = .all
        for (place, instruction) in instructions.enumerated() {
            var sight = sights[place]
            guard !sight.kinds.isEmpty else { continue }
            let isOfPiece = instruction.isOfFragment && sight.kinds != .other
            guard isOfPiece ? asksForPiece(at: place, of: sight.kinds) : instruction.asksOnlyTuples(of: sight.kinds)
            else { return false }
            // What else it has of them is no tuple's.
            if sight.mayHavePiece, instruction.usesAccumulator, !instruction.isOfLaterPiece { return false }
            if instruction.isReturn { continue }
            guard instruction.isJump else {
                if instruction.changesAccumulator {
                    (sight.hasEtherType, sight.mayHavePiece) = (instruction.loadsEtherType, isOfPiece)
                }
                sights[place + 1].join(sight)
                continue
            }
            for (isTrue, skipped) in instruction.jumps {
                guard place + 1 + skipped < sights.count else { return false }
                var next = sight
                if sight.hasEtherType { next.kinds.formIntersection(instruction.kinds(isTrue)) }
                sights[place + 1 + skipped].join(next)
            }
        }
        return true
    }

    /// Whether a load of IPv4's flags and the fragment's offset is libpcap's, in front of ports: it asks for being a later fragment, which
    /// has none, and all others are asked for what lies behind their header. Packets of one tuple differ in the rest.
    private func asksForPiece(at place: Int, of kinds: Sight.Kinds) -> Bool {
        guard !kinds.contains(.ipv6), place + 1 < instructions.count, instructions[place + 1].isOfLaterPiece else {
            return false
        }
        let onward = place + 2 + Int(instructions[place + 1].jumpFalse)
        return onward < instructions.count && instructions[onward].loadsHeaderLength
    }
}

/// What is known of the frames that come to an instruction.
private struct Sight {
    var kinds: Kinds = []
    /// Whether the accumulator has the Ethertype, on all ways that lead there.
    var hasEtherType = false
    /// Whether the accumulator has IPv4's flags and the fragment's offset, on one of them.
    var mayHavePiece = false

    struct Kinds: OptionSet {
        var rawValue: UInt8

        static var ipv4: Kinds { Kinds(rawValue: 1 << 0) }
        static var ipv6: Kinds { Kinds(rawValue: 1 << 1) }
        static var other: Kinds { Kinds(rawValue: 1 << 2) }
        static var all: Kinds { [.ipv4, .ipv6, .other] }
    }

    mutating func join(_ other: Sight) {
        guard !other.kinds.isEmpty else { return }
        hasEtherType = other.hasEtherType && (hasEtherType || kinds.isEmpty)
        mayHavePiece = mayHavePiece || other.mayHavePiece
        kinds.formUnion(other.kinds)
    }
}

extension BPFProgram.Instruction {
    fileprivate func asksOnlyTuples(of kinds: Sight.Kinds) -> Bool {
        guard isLoad else { return true }
        switch mode {
        case .absolute: return isOfFragment || isOfTuple(kinds)
        case .indirect: return isOfTransport
        case .length: return false
        default: return true
        }
    }

    /// Where IPv4 has its flags and the fragment's offset, and ARP its operation.
    fileprivate var isOfFragment: Bool { isLoad && mode == .absolute && byteCount == 2 && operand == 20 }

    /// Whether it asks what was loaded of these for being a later fragment.
    fileprivate var isOfLaterPiece: Bool { code == BPFProgram.Condition.anyBit.rawValue && operand == 0x1fff }

    /// Whether the index register becomes the length of IPv4's header (BPF_LDX, BPF_MSH).
    fileprivate var loadsHeaderLength: Bool { code == 0xb1 && operand == 14 }

    /// At a fixed place: the Ethertype, the protocol of IPv4 and of IPv6, the addresses of either and of ARP, the ports behind a header of
    /// IPv6, or its ICMP type and code.
    private func isOfTuple(_ kinds: Sight.Kinds) -> Bool {
        switch (byteCount, operand) {
        case (2, 12), (1, 23): true
        // The addresses of both, and of ARP the sender's.
        case (4, 26...30), (2, 26...32), (1, 26...33): true
        // Of ARP the target's.
        case (4, 38): !kinds.contains(.ipv4)
        case (4, 22), (4, 34), (4, 42), (4, 46), (4, 50), (2, 54), (2, 56), (1, 20), (1, 38), (1, 54), (1, 55):
            kinds == .ipv6
        default: false
        }
    }

    /// Behind a header of IPv4 of any length: the ports, or ICMP's type and code.
    private var isOfTransport: Bool {
        switch byteCount {
        case 4: operand == 14
        case 2: operand == 14 || operand == 16
        default: operand == 14 || operand == 15
        }
    }

    fileprivate var loadsEtherType: Bool { code == 0x28 && operand == 12 }

    /// Of which kinds frames are whose Ethertype was compared, where the comparison holds or does not.
    fileprivate func kinds(_ isTrue: Bool) -> Sight.Kinds {
        guard isEqual else { return .all }
        switch operand {
        case 0x0800: return isTrue ? .ipv4 : [.ipv6, .other]
        case 0x86dd: return isTrue ? .ipv6 : [.ipv4, .other]
        default: return isTrue ? .other : .all
        }
    }
}
