public import FlowModel

/// How much differs for one reason.
public struct ReasonTotal: Sendable, Equatable {
    public private(set) var sessionCount: UInt64 = 0
    public private(set) var counters = Counters()
    /// Packets of these of which the reason is not certain.
    public private(set) var uncertainCount: UInt64 = 0

    /// Adds the differences that one session has for the reason.
    mutating func add(_ differences: [Difference]) {
        sessionCount &+= 1
        for difference in differences {
            counters =
                counters + Counters(packetCount: difference.packetCount, byteCount: difference.byteCount)
            if !difference.isCertain { uncertainCount = uncertainCount.adding(difference.packetCount) }
        }
    }
}
