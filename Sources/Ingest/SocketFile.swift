internal import CLinux
public import FlowModel
internal import Glibc

/// The file of a socket on which a server answers: whose it is, and that only one server has it.
///
/// The server binds between ``prepare()`` and ``open()``: until then nobody else can connect. It takes the file away itself at its end,
/// and then lets go of the path with ``release()``.
public final class SocketFile: Sendable {
    /// Bytes of a path that SwiftNIO takes; the kernel would take four more.
    private static let longestPath = 103

    private let path: String
    private let mode: mode_t
    private let group: gid_t?
    /// What the process had before ``prepare()``.
    private let ownMask = Lock<mode_t?>(nil)
    /// Held until ``release()``.
    private let lock = Lock<SocketLock?>(nil)
    /// Which file it is, once it is open.
    private let identity = Lock<ino_t?>(nil)
    /// What about the file is not as it was wanted.
    public let warnings: [String]

    /// - Parameters:
    ///   - mode: its permission bits.
    ///   - group: the name of the group that shall own it; `nil` leaves the process's own.
    /// - Throws: where the path cannot be one.
    public init(path: String, mode: UInt32, group: String?) throws(IngestError) {
        guard !path.isEmpty, path.utf8.count <= Self.longestPath, !path.utf8.contains(0) else {
            throw IngestError(
                .data, "listen on \(path)", reason: "a socket's path has 1 to \(Self.longestPath) bytes",
                cure: "choose a shorter one")
        }
        self.path = path
        self.mode = mode_t(mode & 0o777)
        self.group = group.flatMap(Self.number)
        warnings =
            if let group, self.group == nil {
                [
                    "there is no group \(group): only the monitor's own user and root can ask it: make one with groupadd --system \(group), then start again"
                ]
            } else { [] }
    }

    /// Takes the path, makes room for the socket there where one is left that nobody answers on, and keeps others out until ``open()``.
    ///
    /// - Throws: where another monitor has the path, somebody answers on it, or the file is something else.
    public func prepare() throws(IngestError) {
        // Before the lock, too: beside a file of another kind none is made.
        _ = try isThereAlready
        let lock = try SocketLock(of: path)
        self.lock.withLock { $0 = lock }
        if try isThereAlready {
            guard !isAnswered else {
                throw IngestError(
                    .unavailable, operation, reason: "somebody answers on it",
                    cure: "look who has it (ss -lxp), or choose another path with --socket")
            }
            // SAFETY: the path is a NUL-terminated copy for the call.
            guard unsafe unlink(path) == 0 else { throw IngestError(operation, errno: errno, cure: "remove the file") }
        }
        let mask = umask(0o177)
        ownMask.withLock { $0 = mask }
    }

    /// Lets in whom the settings say; the socket listens by now.
    public func open() throws(IngestError) {
        giveUp()
        guard let ownGroup else {
            throw IngestError(
                .unavailable, operation, reason: "the socket is gone again",
                cure: "look who removes it, then start again")
        }
        // A service may have no right to change owners (systemd's SystemCallFilter=), and be in the group from the start.
        if let group, group != ownGroup {
            // SAFETY: the path is a NUL-terminated copy for the call. The owner stays.
            guard unsafe lchown(path, uid_t.max, group) == 0 else {
                throw IngestError(
                    operation, errno: errno,
                    cure: "the monitor's user must be a member of the group, or the group left out of the configuration"
                )
            }
        }
        // SAFETY: as above.
        guard unsafe chmod(path, mode) == 0 else { throw IngestError(operation, errno: errno) }
        let own = number
        identity.withLock { $0 = own }
    }

    /// Whether the file is there, and still the same.
    public var isThere: Bool {
        let own = identity.withLock { $0 }
        return own != nil && number == own
    }

    /// The group that the file has.
    private var ownGroup: gid_t? {
        var status = stat()
        // SAFETY: the path is a NUL-terminated copy for the call, the struct is the call's own result.
        return unsafe lstat(path, &status) == 0 ? status.st_gid : nil
    }

    /// The number of the file's inode.
    private var number: ino_t? {
        var status = stat()
        // SAFETY: as above.
        return unsafe lstat(path, &status) == 0 ? status.st_ino : nil
    }

    /// Ends what ``prepare()`` began, where the server does not listen after all.
    public func giveUp() {
        ownMask.withLock { mask in
            if let mask { _ = umask(mask) }
            mask = nil
        }
    }

    /// Lets another monitor have the path, where this one has it; the socket is gone by now.
    public func release() {
        let held = lock.withLock { lock in
            defer { lock = nil }
            return lock
        }
        held?.remove()
    }

    private var operation: String { "listen on \(path)" }

    /// Whether there is a socket at the path.
    ///
    /// - Throws: where there is something else.
    private var isThereAlready: Bool {
        get throws(IngestError) {
            var status = stat()
            // SAFETY: the path is a NUL-terminated copy for the call, the struct is the call's own result.
            guard unsafe lstat(path, &status) == 0 else { return false }
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw IngestError(
                    .unavailable, operation, reason: "the file is no socket", cure: "choose another path with --socket")
            }
            return true
        }
    }

    /// Whether a server is behind the file.
    private var isAnswered: Bool {
        // SAFETY: the path is a NUL-terminated copy for the call.
        let result = unsafe nfmon_try_local_socket(path)
        // Only this says that nobody is: a full queue has somebody behind it, and so may what this process may not ask.
        return result != -ECONNREFUSED
    }

    /// A group's number by its name.
    private static func number(of name: String) -> gid_t? {
        // SAFETY: the answer is read before the next call can change it; servers are made by one thread.
        unsafe getgrnam(name)?.pointee.gr_gid
    }
}

extension SocketFile {
    /// Whether there is a socket at a path, as far as this process may see: where it may not, there may be one.
    public static func mayExist(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: the path is a NUL-terminated copy for the call, the struct is the call's own result.
        if unsafe lstat(path, &status) == 0 { return true }
        return errno != ENOENT && errno != ENOTDIR
    }

    /// The name of the group that owns a file; `nil` where that cannot be seen.
    public static func group(of path: String) -> String? {
        var status = stat()
        // SAFETY: the path is a NUL-terminated copy for the call, the struct is the call's own result.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        // SAFETY: the answer is read before the next call can change it; a command asks once, from one thread.
        guard let entry = unsafe getgrgid(status.st_gid) else { return nil }
        return unsafe String(cString: entry.pointee.gr_name)
    }
}
