public import FlowModel
internal import Glibc
internal import Wire

/// A failure at the border to the kernel.
public typealias IngestError = OperationError<IngestErrorKind>

/// What kind of failure it is, for the exit code.
public enum IngestErrorKind: Sendable {
    /// What was asked for has no meaning.
    case wording
    case privilege
    /// Something is not there or taken: a module, a group, a namespace.
    case unavailable
    /// Data of a wrong format.
    case data
    case inputOutput
    /// A file that was named is not there.
    case noSuchFile
}

extension IngestError {
    /// An error of a system call, with the C library's own words.
    init(_ operation: String, errno number: Int32, cure: String = "") {
        let isRefused = number == EPERM || number == EACCES
        self.init(
            isRefused ? .privilege : .inputOutput, operation, reason: Self.text(of: number),
            cure: cure.isEmpty && isRefused ? Self.privilegeCure : cure)
    }

    /// An error about a file: no capability cures it.
    init(file operation: String, errno number: Int32, cure: String = "") {
        self.init(
            number == ENOENT ? .noSuchFile : .inputOutput, operation, reason: Self.text(of: number), cure: cure)
    }

    /// The kernel's refusal of a request, with its own sentence where it gave one.
    init(_ operation: String, answer: NetlinkAnswer, cure: String = "") {
        self.init(operation, errno: answer.errorNumber, cure: cure)
        if let text = answer.text { reason += " (\(text))" }
    }

    /// Whether trying again may help: somebody else's dump, a lack of memory.
    static func isPassing(_ number: Int32) -> Bool { [EBUSY, EAGAIN, EINTR, ENOBUFS, ENOMEM].contains(number) }

    static var privilegeCure: String {
        "run as root, or give the program the capability once: setcap cap_net_admin+ep \"$(command -v nfmon)\""
    }

    static func text(of number: Int32) -> String {
        // SAFETY: strerror answers a NUL-terminated text for every number.
        unsafe String(cString: strerror(number)).lowercasedFirst
    }
}

extension String {
    /// The C library begins its sentences with a capital; here they stand in the middle of one.
    fileprivate var lowercasedFirst: String {
        guard let first else { return self }
        return first.lowercased() + dropFirst()
    }
}
