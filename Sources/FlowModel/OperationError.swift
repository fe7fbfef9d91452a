/// A failure as its user is told it: what was tried, why it failed, what cures it.
///
/// `Kind` says what sort of failure it is, as far as that changes what is done about it.
public struct OperationError<Kind: Equatable & Sendable>: Error, Equatable, CustomStringConvertible {
    public var kind: Kind
    /// For example `bind NFLOG group 100`.
    public var operation: String
    public var reason: String
    /// What to do about it, empty where nobody can say.
    public var cure: String

    public init(_ kind: Kind, _ operation: String, reason: String, cure: String = "") {
        self.kind = kind
        self.operation = operation
        self.reason = reason
        self.cure = cure
    }

    public var description: String {
        cure.isEmpty ? "\(operation): \(reason)" : "\(operation): \(reason): \(cure)"
    }
}
