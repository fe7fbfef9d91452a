internal import FlowModel
internal import Glibc

/// A savefile that is being written.
struct RecordingFile: ~Copyable {
    /// Nanoseconds that the reader of a pipe has at the end.
    private static let patience: UInt64 = 1_000_000_000
    /// Nanoseconds between two looks whether a pipe has a reader, of which nobody tells.
    private static let turn: UInt64 = 50_000_000

    private let path: String
    private let file: Descriptor
    private let stream: OutputStream

    /// Creates the file, readable by its owner only, as it tells who talks to whom; or empties one that exists, whose mode is
    /// somebody's choice and stays.
    ///
    /// - Parameters:
    ///   - path: `-` is the standard output.
    ///   - stop: ends the wait for a pipe's reader; where there is none, what ends the process ends it, too.
    static func create(_ path: String, unless stop: Signal? = nil) throws(IngestError) -> RecordingFile {
        let number = path == "-" ? dup(STDOUT_FILENO) : try open(path, unless: stop)
        guard number >= 0 else {
            let reason = errno
            throw IngestError(
                file: "write savefile \(path)", errno: reason, cure: reason == ENOENT ? "make its directory first" : "")
        }
        return RecordingFile(
            path: path, file: Descriptor(owning: number),
            stream: OutputStream(writingTo: number, name: "savefile \(path)"))
    }

    /// - Returns: a descriptor, or -1, and errno says why.
    private static func open(_ path: String, unless stop: Signal?) throws(IngestError) -> Int32 {
        // Not waiting, as a pipe's reader may never come, and no signal ends open(2) here (SA_RESTART).
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | (stop == nil ? 0 : O_NONBLOCK)
        while true {
            // SAFETY: the path is a NUL-terminated copy for the call, and the mode is there, as O_CREAT wants.
            let number = unsafe Glibc.open(path, flags, 0o600)
            guard let stop, number < 0, errno == ENXIO, isPipe(path) else { return number }
            guard !stop.isRaised else {
                throw IngestError(
                    .inputOutput, "write savefile \(path)", reason: "nobody reads the pipe",
                    cure: "start its reader first")
            }
            Signal.wait(for: [stop], timeout: turn)
        }
    }

    private static func isPipe(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: the path is a NUL-terminated copy for the call, and the struct is the call's own result.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    private init(path: String, file: consuming Descriptor, stream: OutputStream) {
        self.path = path
        self.file = file
        self.stream = stream
    }

    /// Writes all of the bytes and empties the buffer.
    ///
    /// - Parameter hurry: while it is up, a slow reader has a second.
    func write(_ bytes: inout [UInt8], unless hurry: Signal) throws(IngestError) {
        var outcome = try stream.write(&bytes, unless: hurry)
        if outcome == .stopped {
            outcome = try stream.write(&bytes, until: ReceiveTime.now.monotonic &+ Self.patience)
        }
        switch outcome {
        case .written: return
        case .readerIsGone:
            throw IngestError(.inputOutput, "write to savefile \(path)", reason: "its reader is gone")
        case .stopped:
            throw IngestError(.inputOutput, "write to savefile \(path)", reason: "its reader was too slow")
        }
    }

    /// Removes a file of a recording that is not kept any longer. One that somebody else has removed already is no matter.
    static func remove(_ path: String) {
        // SAFETY: the path is a NUL-terminated copy for the call.
        _ = unsafe unlink(path)
    }
}
