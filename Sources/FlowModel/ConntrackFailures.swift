/// Sessions and packets that conntrack failed, since the namespace was made (`/proc/net/stat/nf_conntrack`).
public struct ConntrackFailures: Sendable, Equatable {
    /// Packets that conntrack could make nothing of: out of a connection's window, answers to nothing. They pass, unless a rule asks
    /// for their state.
    public var invalid: UInt64 = 0
    /// Sessions that could not be entered, as an entry with the same tuple was there.
    public var failedInserts: UInt64 = 0
    /// Packets that conntrack dropped, above all because the table was full.
    public var drops: UInt64 = 0
    /// Sessions ended before their time to make room in a full table.
    public var earlyDrops: UInt64 = 0

    public init() {}

    /// How much these have grown since; the kernel's counters wrap at 2^32.
    public func growth(since earlier: ConntrackFailures) -> ConntrackFailures {
        var growth = ConntrackFailures()
        growth.invalid = (invalid &- earlier.invalid) & 0xffff_ffff
        growth.failedInserts = (failedInserts &- earlier.failedInserts) & 0xffff_ffff
        growth.drops = (drops &- earlier.drops) & 0xffff_ffff
        growth.earlyDrops = (earlyDrops &- earlier.earlyDrops) & 0xffff_ffff
        return growth
    }

    /// Those that are conntrack's own fault: of sessions and packets that it should have kept.
    public var total: UInt64 { failedInserts + drops + earlyDrops }
}
