internal import FlowModel
internal import Glibc

/// A savefile that is being written.
struct RecordingFile: ~Copyable {
    /// Nanoseconds that the reader of a pipe has at the end.
    private static let patience: UInt64 = 1_000_000_000

    private let path: String
    private let file: Descriptor
    private let stream: OutputStream

    /// Creates the file, readable by its owner only, as it tells who talks to whom; or empties one that exists, whose mode is
    /// somebody's choice and stays.
    ///
    /// - Parameter path: `-` is the standard output.
    static func create(_ path: String) throws(IngestError) -> RecordingFile {
        // SAFETY: the path is a NUL-terminated copy for the call, and the mode is there, as O_CREAT wants.
        let number =
            path == "-" ? dup(STDOUT_FILENO) : unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw IngestError(file: "write savefile \(path)", errno: errno) }
        return RecordingFile(
            path: path, file: Descriptor(owning: number),
            stream: OutputStream(writingTo: number, name: "savefile \(path)"))
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
