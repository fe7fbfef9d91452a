/// The network stack's own counters, by the names that `nstat` gives them: `IpInHdrErrors`, `XfrmInPolBlock`.
///
/// They stand in `/proc/net/snmp`, `netstat`, `snmp6` and `xfrm_stat`, each for the whole network namespace.
public struct StackCounters: Sendable, Equatable {
    private var values: [String: UInt64]

    public init(_ values: [String: UInt64] = [:]) { self.values = values }

    /// What a counter says; 0 where the kernel has none of the name.
    public subscript(name: String) -> UInt64 { values[name] ?? 0 }

    /// The names of those that are not 0, in alphabetic order.
    public var names: [String] { values.filter { $0.value > 0 }.keys.sorted() }

    /// These and others.
    public func adding(_ others: StackCounters) -> StackCounters {
        StackCounters(values.merging(others.values) { $0 &+ $1 })
    }

    /// How much these have grown since.
    public func growth(since earlier: StackCounters) -> StackCounters {
        var growth: [String: UInt64] = [:]
        for (name, value) in values where value > earlier[name] { growth[name] = value - earlier[name] }
        return StackCounters(growth)
    }
}
