/// What traffic is added up by: the way that packets take through the host, the rule, and the direction.
///
/// Interfaces are told apart by name and not by index: one that goes and comes back, as dialled ones do, goes on with its sums.
public struct TrafficKey: Hashable, Sendable {
    /// The interfaces by which the first direction of the session, or the logged packet, comes in and leaves.
    public var ingress: NameID
    public var egress: NameID
    public var rule: NameID
    public var verdict: Verdict
    public var direction: FlowDirection

    @inlinable
    public init(
        ingress: NameID = .none, egress: NameID = .none, rule: NameID = .none, verdict: Verdict = .unknown,
        direction: FlowDirection = .original
    ) {
        self.ingress = ingress
        self.egress = egress
        self.rule = rule
        self.verdict = verdict
        self.direction = direction
    }

    /// What stands for all keys that found no place.
    @inlinable
    public static func other(_ direction: FlowDirection) -> TrafficKey {
        TrafficKey(ingress: .overflow, egress: .overflow, rule: .overflow, direction: direction)
    }
}

/// What passed by one ``TrafficKey``; it only grows.
public struct TrafficSeries: Sendable {
    public var key: TrafficKey
    public var counters: Counters

    @inlinable
    public init(key: TrafficKey, counters: Counters = Counters()) {
        self.key = key
        self.counters = counters
    }
}
