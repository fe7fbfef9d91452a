/// What changed of a host's ways for packets while somebody watched.
public struct RouteChanges: Sendable, Equatable {
    /// Whether any way may be another one: rules or next hops of the routing changed, its settings, an interface, or nobody knows what.
    public private(set) var concernsAll: Bool
    /// The destinations of routes that came, went or changed.
    private var prefixes: Set<IPPrefix> = []

    /// More of them are not kept apart.
    private static var greatestCount: Int { 1_024 }

    /// - Parameter concernsAll: whether nobody knows what changed.
    public init(concernsAll: Bool = false) { self.concernsAll = concernsAll }

    public var isEmpty: Bool { !concernsAll && prefixes.isEmpty }

    public mutating func noteAll() { (concernsAll, prefixes) = (true, []) }

    /// - Parameter prefix: a route's destination; `nil` where that is not known.
    public mutating func note(_ prefix: IPPrefix?) {
        guard let prefix, prefixes.count < Self.greatestCount else { return noteAll() }
        if !concernsAll { prefixes.insert(prefix) }
    }

    /// Whether packets may have gone to an address by another way than they would go now.
    public func concerns(_ address: IPAddress, family: AddressFamily) -> Bool {
        concernsAll || prefixes.contains { $0.contains(address, family: family) }
    }

    /// Whether packets may go another way than they would have when `earlier` was known.
    public func concern(_ question: RouteQuestion, since earlier: RouteChanges) -> Bool {
        guard self != earlier else { return false }
        var later = self
        later.concernsAll = concernsAll && !earlier.concernsAll
        later.prefixes.subtract(earlier.prefixes)
        return [question.tuple.destination, question.tuple.source].contains {
            later.concerns($0, family: question.tuple.family)
        }
    }
}
