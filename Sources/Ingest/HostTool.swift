internal import FlowModel
internal import Glibc

/// A program of the host's, run to its end for what it writes.
///
/// It gets nothing of the user's, neither environment nor input, and what it is asked is nfmon's own: so it may have CAP_NET_ADMIN where
/// nfmon was given that by `setcap`, and not its user.
struct HostTool {
    let name: String
    private let path: String

    /// Where administrators' programs lie. Not PATH, which is somebody's to set: nfmon runs as root, or lends what it has.
    private static let directories = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin"]
    /// Nanoseconds after which it is ended, and bytes beyond which nobody wants to read.
    private static let patience: UInt64 = 10_000_000_000
    private static let greatestOutput = 64 << 20

    /// - Returns: `nil` where there is no such program.
    init?(_ name: String) {
        // SAFETY: the path is a NUL-terminated copy for the call.
        let found = Self.directories.map { "\($0)/\(name)" }.first { unsafe access($0 as String, X_OK) == 0 }
        guard let found else { return nil }
        self.name = name
        path = found
    }

    /// Runs it, in the thread's network namespace.
    ///
    /// - Throws: where it fails, with the first line of what it says about that.
    /// - Returns: what it writes.
    func output(_ arguments: [String]) throws(IngestError) -> String {
        let operation = "run \(([name] + arguments).joined(separator: " "))"
        let output = try Pipe(for: operation)
        let complaint = try Pipe(for: operation)
        let process = try start(arguments, output.input.number, complaint.input.number, for: operation)
        let outputEnd = output.readingEnd()
        let complaintEnd = complaint.readingEnd()
        var (text, words): ([UInt8], [UInt8]) = ([], [])
        let isWhole = Self.read(outputEnd.number, into: &text, complaintEnd.number, into: &words)
        if !isWhole { kill(process, SIGKILL) }
        var status: Int32 = 0
        // SAFETY: the child is this process's own and is waited for once; the variable lives as long as the call.
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard isWhole else {
            throw IngestError(.inputOutput, operation, reason: "it did not come to an end")
        }
        guard status == 0 else {
            let line = String(decoding: words, as: UTF8.self).split(separator: "\n").first.map(String.init)
            throw IngestError(.inputOutput, operation, reason: line ?? "it failed")
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func start(
        _ arguments: [String], _ output: Int32, _ complaint: Int32, for operation: String
    ) throws(IngestError) -> pid_t {
        let words = CStrings([path] + arguments)
        let settings = CStrings(["LC_ALL=C", "PATH=\(Self.directories.joined(separator: ":"))"])
        var process: pid_t = 0
        // SAFETY: the actions are initialised, used and destroyed here; the strings are this function's own, each list ends
        // in nil, and both live until the call has copied them.
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, complaint, STDERR_FILENO)
        let result = Capability.administerNetwork.lent {
            unsafe posix_spawn(&process, path, &actions, nil, words.pointers, settings.pointers)
        }
        guard result == 0 else { throw IngestError(operation, errno: result) }
        return process
    }

    /// Reads both to their ends; `false` where that takes too long or is too much.
    private static func read(
        _ output: Int32, into text: inout [UInt8], _ complaint: Int32, into words: inout [UInt8]
    ) -> Bool {
        let end = ReceiveTime.now.monotonic &+ patience
        var set = PollSet(reading: [output, complaint])
        var openCount = 2
        while openCount > 0 {
            let now = ReceiveTime.now.monotonic
            guard now < end, text.count + words.count < greatestOutput else { return false }
            guard set.wait(timeout: (end - now).pollTimeout) else { continue }
            if set.isReady(output), !append(from: output, to: &text) {
                set.watch(place: 0, output, false)
                openCount -= 1
            }
            if set.isReady(complaint), !append(from: complaint, to: &words) {
                set.watch(place: 1, complaint, false)
                openCount -= 1
            }
        }
        return true
    }

    /// Reads what is there; `false` at the end.
    private static func append(from number: Int32, to text: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        // SAFETY: at most as many bytes are read as the array has.
        let count = unsafe Glibc.read(number, &piece, piece.count)
        if count > 0 { text += piece[..<count] }
        return count > 0 || count < 0 && errno == EINTR
    }
}

/// A pipe of which a child gets the input.
private struct Pipe: ~Copyable {
    let output: Descriptor
    let input: Descriptor

    init(for operation: String) throws(IngestError) {
        var numbers: [Int32] = [-1, -1]
        // SAFETY: the call fills two numbers, and the array has two.
        guard unsafe pipe(&numbers) == 0 else { throw IngestError(operation, errno: errno) }
        output = Descriptor(owning: numbers[0])
        input = Descriptor(owning: numbers[1])
        // Of no other child's; the copies that this one gets stay open.
        for number in numbers { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    }

    /// Gives up the input, so that the child's end is the last one.
    consuming func readingEnd() -> Descriptor { output }
}

/// Strings as C takes a list of them: each ends in NUL, the list in nil.
// Safe, as the pointers are freed by their one owner.
@safe
private struct CStrings: ~Copyable {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        // SAFETY: copies of their own, which `deinit` frees.
        unsafe pointers = strings.map { unsafe strdup($0) } + [nil]
    }

    deinit {
        // SAFETY: made by the initialiser, and freed here only.
        unsafe pointers.forEach { unsafe free($0) }
    }
}
