internal import FlowModel

/// What a rule's plainest tests ask for, in plain numbers: of thousands of rules most are passed over by a look at these.
struct RuleHint {
    private var transport: UInt8?
    private var asksForPorts = false
    private var sourcePorts: ClosedRange<UInt16> = 0...UInt16.max
    private var destinationPorts: ClosedRange<UInt16> = 0...UInt16.max
    private var sources: AddressRange?
    private var destinations: AddressRange?

    init(_ match: RuleMatch) {
        for test in match.tests where !test.isNegated {
            switch test.subject {
            case .transport(let protocols): if protocols.count == 1 { transport = protocols[0].rawValue }
            case .sourcePort(let ranges):
                asksForPorts = true
                sourcePorts = sourcePorts.clamped(to: Self.hull(ranges))
            case .destinationPort(let ranges):
                asksForPorts = true
                destinationPorts = destinationPorts.clamped(to: Self.hull(ranges))
            case .source(let ranges): sources = Self.hull(ranges)
            case .destination(let ranges): destinations = Self.hull(ranges)
            default: break
            }
        }
    }

    /// Whether the rule surely does not mean these packets; where it does not say so, its tests have to be asked.
    func excludes(_ view: PacketView) -> Bool {
        let tuple = view.tuple
        if let transport, transport != tuple.transport.rawValue { return true }
        if asksForPorts {
            guard tuple.hasPorts else { return true }
            if !view.hidesSource, !sourcePorts.contains(tuple.sourcePort) { return true }
            if !view.hidesDestination, !destinationPorts.contains(tuple.destinationPort) { return true }
        }
        if !view.hidesSource, let sources, !sources.contains(tuple.source, family: tuple.family) { return true }
        if !view.hidesDestination, let destinations, !destinations.contains(tuple.destination, family: tuple.family) {
            return true
        }
        return false
    }

    /// From the least of them to the greatest.
    private static func hull(_ ranges: [ClosedRange<UInt16>]) -> ClosedRange<UInt16> {
        guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else {
            return 0...UInt16.max
        }
        return first...last
    }

    /// `nil` where there are several: those are asked one by one.
    private static func hull(_ ranges: [AddressRange]) -> AddressRange? { ranges.count == 1 ? ranges[0] : nil }
}
