/// The status bits of a conntrack entry (`enum ip_conntrack_status`, nf_conntrack_common.h).
public struct ConntrackStatus: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let expected = ConntrackStatus(rawValue: 1 << 0)
    /// Packets were seen both ways.
    public static let seenReply = ConntrackStatus(rawValue: 1 << 1)
    /// Never dropped early when the table is full.
    public static let assured = ConntrackStatus(rawValue: 1 << 2)
    public static let confirmed = ConntrackStatus(rawValue: 1 << 3)
    public static let sourceNAT = ConntrackStatus(rawValue: 1 << 4)
    public static let destinationNAT = ConntrackStatus(rawValue: 1 << 5)
    public static let sequenceAdjusted = ConntrackStatus(rawValue: 1 << 6)
    public static let dying = ConntrackStatus(rawValue: 1 << 9)
    public static let fixedTimeout = ConntrackStatus(rawValue: 1 << 10)
    public static let helper = ConntrackStatus(rawValue: 1 << 13)
    /// Handed to a flowtable: software offload, so counters may stand still.
    public static let offload = ConntrackStatus(rawValue: 1 << 14)
    public static let hardwareOffload = ConntrackStatus(rawValue: 1 << 15)
}
