/// How often totals of running sessions are read from the kernel's table, as conntrack's events carry none before the end.
public struct TotalsSettings: Equatable, Sendable {
    /// Least nanoseconds between the beginnings of two dumps of the table.
    public var interval: UInt64 = 2_000_000_000
    /// The most of one processor that dumps may take, in percent: greater than 0, up to 100.
    public var processorShare = 5.0

    public init() {}
}
