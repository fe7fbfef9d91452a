internal import Glibc
internal import Wire

/// A failure at the border to the kernel: what was tried, why it failed, what cures it.
public struct IngestError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, for the exit code.
    public enum Kind: Sendable {
        case privilege
        /// Something is not there or taken: a module, a group, a namespace.
        case unavailable
        /// Data of a wrong format.
        case data
        case inputOutput
    }

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

    /// An error of a system call, with the C library's own words.
    init(_ operation: String, errno number: Int32, cure: String = "") {
        let isRefused = number == EPERM || number == EACCES
        self.init(
            isRefused ? .privilege : .inputOutput, operation, reason: Self.text(of: number),
            cure: cure.isEmpty && isRefused ? Self.privilegeCure : cure)
    }

    /// An error about a file: no capability cures it.
    init(file operation: String, errno number: Int32, cure: String = "") {
        self.init(.inputOutput, operation, reason: Self.text(of: number), cure: cure)
    }

    /// The kernel's refusal of a request, with its own sentence where it gave one.
    init(_ operation: String, answer: NetlinkAnswer, cure: String = "") {
        self.init(operation, errno: answer.errorNumber, cure: cure)
        if let text = answer.text { reason += " (\(text))" }
    }

    /// Whether trying again may help: somebody else's dump, a lack of memory.
    static func isPassing(_ number: Int32) -> Bool { [EBUSY, EAGAIN, EINTR, ENOBUFS, ENOMEM].contains(number) }

    static let privilegeCure =
        "run as root, or give the program the capability once: setcap cap_net_admin+ep \"$(command -v nfmon)\""

    static func text(of number: Int32) -> String {
        // SAFETY: strerror answers a NUL-terminated text for every number.
        unsafe String(cString: strerror(number)).lowercasedFirst
    }

    public var description: String {
        cure.isEmpty ? "\(operation): \(reason)" : "\(operation): \(reason): \(cure)"
    }
}

extension String {
    /// The C library begins its sentences with a capital; here they stand in the middle of one.
    fileprivate var lowercasedFirst: String {
        guard let first else { return self }
        return first.lowercased() + dropFirst()
    }
}
