internal import FlowModel
internal import Glibc

/// The file beside a socket's by which one process at a time has that path.
///
/// The kernel frees the lock with the process, however that ends: what a crash leaves is a file that hinders nobody.
final class SocketLock: Sendable {
    private let path: String
    private let file: Descriptor

    /// Takes the lock, without waiting for it.
    ///
    /// - Throws: where another process has it, with its number, and where the file cannot be made.
    init(of socket: String) throws(IngestError) {
        path = "\(socket).lock"
        file = try Self.take(path, for: socket)
    }

    /// Takes the file away, while nobody else can have the lock, and lets go of it.
    func remove() {
        // SAFETY: the path is a NUL-terminated copy for the call.
        if Self.isOpened(file, at: path) { _ = unsafe unlink(path) }
    }

    private static func take(_ path: String, for socket: String) throws(IngestError) -> Descriptor {
        while true {
            let file = try open(path, for: socket)
            if let owner = try owner(of: file, path) {
                let process = owner > 0 ? "process \(owner)" : "a process of another container"
                throw IngestError(
                    .unavailable, "listen on \(socket)", reason: "another monitor has it, \(process)",
                    cure: "stop that one (systemctl stop nfmon, or kill it), or choose another path with --socket")
            }
            // Whoever had the lock may have taken the file away meanwhile: then others lock a new one.
            if isOpened(file, at: path) { return file }
        }
    }

    private static func open(_ path: String, for socket: String) throws(IngestError) -> Descriptor {
        // SAFETY: the path is a NUL-terminated copy for the call. No other user may open it, and so none can hold the lock.
        let number = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        let fault = errno
        guard number < 0 else {
            let file = Descriptor(owning: number)
            guard isLock(file) else {
                throw IngestError(
                    .unavailable, "lock \(path)", reason: "the file is something else",
                    cure: "choose another path with --socket")
            }
            return file
        }
        guard fault == ELOOP || SmallFile.exists(path) else {
            throw IngestError(listeningOnPath: socket, errno: fault)
        }
        throw IngestError(
            .unavailable, "lock \(path)", reason: IngestError.text(of: fault),
            cure: "remove the file, which another user's monitor may have left, or choose another path with --socket")
    }

    /// Whether a file may be one that was made here, which has nothing in it: others are not to be removed.
    private static func isLock(_ file: borrowing Descriptor) -> Bool {
        var status = stat()
        // SAFETY: the struct is the call's own result.
        return unsafe fstat(file.number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
    }

    /// Locks the file, if nobody else has.
    ///
    /// - Returns: the process that has it, 0 where its number means nothing here; `nil` where that is this one now.
    private static func owner(of file: borrowing Descriptor, _ path: String) throws(IngestError) -> Int32? {
        while true {
            var wish = flock()
            wish.l_type = Int16(F_WRLCK)
            // SAFETY: the struct is the call's own argument.
            guard unsafe fcntl(file.number, F_SETLK, &wish) != 0 else { return nil }
            guard errno == EACCES || errno == EAGAIN else { throw IngestError(file: "lock \(path)", errno: errno) }
            // SAFETY: as above; the kernel says in it who has the lock.
            guard unsafe fcntl(file.number, F_GETLK, &wish) == 0, wish.l_type == Int16(F_UNLCK) else {
                return max(0, wish.l_pid)
            }
        }
    }

    /// Whether a file is still the one at a path.
    private static func isOpened(_ file: borrowing Descriptor, at path: String) -> Bool {
        var (opened, found) = (stat(), stat())
        // SAFETY: the path is a NUL-terminated copy for the call, the structs are the calls' own results.
        guard unsafe fstat(file.number, &opened) == 0, unsafe lstat(path, &found) == 0 else { return false }
        return opened.st_ino == found.st_ino && opened.st_dev == found.st_dev
    }
}
