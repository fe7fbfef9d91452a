/// The status bits of a conntrack entry (`enum ip_conntrack_status`, nf_conntrack_common.h).
public struct ConntrackStatus: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable public static var expected: ConntrackStatus { ConntrackStatus(rawValue: 1 << 0) }
    /// Packets were seen both ways.
    @inlinable public static var seenReply: ConntrackStatus { ConntrackStatus(rawValue: 1 << 1) }
    /// Never dropped early when the table is full.
    @inlinable public static var assured: ConntrackStatus { ConntrackStatus(rawValue: 1 << 2) }
    @inlinable public static var confirmed: ConntrackStatus { ConntrackStatus(rawValue: 1 << 3) }
    @inlinable public static var sourceNAT: ConntrackStatus { ConntrackStatus(rawValue: 1 << 4) }
    @inlinable public static var destinationNAT: ConntrackStatus { ConntrackStatus(rawValue: 1 << 5) }
    @inlinable public static var sequenceAdjusted: ConntrackStatus { ConntrackStatus(rawValue: 1 << 6) }
    @inlinable public static var dying: ConntrackStatus { ConntrackStatus(rawValue: 1 << 9) }
    @inlinable public static var fixedTimeout: ConntrackStatus { ConntrackStatus(rawValue: 1 << 10) }
    @inlinable public static var helper: ConntrackStatus { ConntrackStatus(rawValue: 1 << 13) }
    /// Handed to a flowtable: software offload, so counters may stand still.
    @inlinable public static var offload: ConntrackStatus { ConntrackStatus(rawValue: 1 << 14) }
    @inlinable public static var hardwareOffload: ConntrackStatus { ConntrackStatus(rawValue: 1 << 15) }
}
