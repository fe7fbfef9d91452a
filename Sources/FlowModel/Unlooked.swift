/// Something that could not be looked at.
public struct Unlooked: Sendable, Equatable {
    /// For example `the firewall's rules`.
    public var subject: String
    public var reason: String
    /// What to do about it, empty where nobody can say.
    public var cure: String

    public init(_ subject: String, reason: String, cure: String) {
        self.subject = subject
        self.reason = reason
        self.cure = cure
    }
}
