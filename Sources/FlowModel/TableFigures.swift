/// What a session table has counted since it began: sums that only grow, and so can be made into rates by whoever reads
/// them now and then.
public struct TableFigures: Sendable {
    /// By conntrack's counters, each direction of a session apart: what passed since nfmon listens.
    public var sessionTraffic: [TrafficSeries] = []
    /// By logged packets: every packet that a rule logged, also one that several rules did. A packet has no direction.
    public var loggedTraffic: [TrafficSeries] = []
    /// How often traffic was added to the series that stand for all further ones.
    public var unplacedCount: UInt64 = 0
    /// Sessions that began while nfmon listened, by kind.
    public var begun = ProtocolCounts<SessionCensus.Kind>()
    /// Sessions that ended, by how the end is known.
    public var ended = ProtocolCounts<SessionEnd.Cause>()
    /// From the kernel's stamp of an event to the table; a lane whose events bear no stamp counts none.
    public var conntrackLatency = LatencyHistogram()
    public var nflogLatency = LatencyHistogram()
    /// Dumps of conntrack's table, by cause.
    public var dumpCounts: [DumpStart.Cause: UInt64] = [:]
    /// What all of them together showed and changed.
    public var dumpRowCount: UInt64 = 0
    public var foundCount: UInt64 = 0
    public var missedEndCount: UInt64 = 0
    public var correctedCount: UInt64 = 0

    public init() {}
}

/// A count for each protocol and each case of something else.
public struct ProtocolCounts<Case: CaseIterable & RawRepresentable<UInt8> & Sendable>: Sendable {
    private var counts = [UInt64](repeating: 0, count: Case.allCases.count * 256)

    public init() {}

    /// Counts one more.
    public mutating func add(_ item: Case, _ transport: TransportProtocol) {
        counts[Int(item.rawValue) << 8 | Int(transport.rawValue)] &+= 1
    }

    /// Calls `body` with every combination that was counted, in a fixed order.
    public func forEach(_ body: (Case, TransportProtocol, UInt64) -> Void) {
        for item in Case.allCases {
            for transport in 0...UInt8.max {
                let count = counts[Int(item.rawValue) << 8 | Int(transport)]
                if count > 0 { body(item, TransportProtocol(rawValue: transport), count) }
            }
        }
    }
}
