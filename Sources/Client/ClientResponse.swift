/// The head of a monitor's answer.
public struct ClientResponseHead: Sendable {
    public var status: Int
    /// The header fields, names in lower case.
    public var fields: [(name: String, value: String)]

    public init(status: Int, fields: [(name: String, value: String)]) {
        self.status = status
        self.fields = fields.map { ($0.name.lowercased(), $0.value) }
    }

    /// The first field of a name in lower case.
    public subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Whether it is a monitor that answers.
    var isOfMonitor: Bool { self["server"]?.hasPrefix("nfmon/") ?? false }

    /// Nanoseconds after which to ask again, where it has too much to do now.
    var pause: UInt64? {
        guard status == 503, let seconds = self["retry-after"].flatMap({ UInt64($0) }) else { return nil }
        return min(seconds, 3600) * 1_000_000_000
    }

    /// What the answer's format has no place for: totals, how complete it is, notes. A line each, for people.
    public var summary: [String] { fields.filter { $0.name == "nfmon-summary" }.map(\.value) }
}

/// A monitor's whole answer.
public struct ClientResponse: Sendable {
    public var head: ClientResponseHead
    public var body: [UInt8]
}
