public import FlowModel

/// Why a text is no YAML that nfmon takes, and where.
public struct YAMLFault: Error, Equatable, Sendable {
    public var place: TextPlace
    /// What is wrong and what to write, in one sentence without its full stop.
    public var reason: String

    init(_ place: TextPlace, _ reason: String) {
        self.place = place
        self.reason = reason
    }
}
