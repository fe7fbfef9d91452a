public import FlowModel
internal import Glibc

/// A descriptor as data leaves through it: never blocking a stop, noticing a reader that is gone.
public struct OutputStream: Sendable {
    public enum Outcome: Sendable {
        case written
        /// The reader closed its end: the end of the command, and no error.
        case readerIsGone
        /// The stop signal or the deadline came while the reader was slow; what it did not take is still in the buffer.
        case stopped
    }

    /// Writing that much to a pipe that is ready never blocks (PIPE_BUF).
    private static let safeSize = 4096

    private let number: Int32
    /// What it is, for errors.
    private let name: String
    private let canBlock: Bool
    /// Whether the output is a terminal, and how wide it is in columns.
    public let terminalWidth: Int?

    /// The standard output.
    public init() { self.init(writingTo: STDOUT_FILENO, name: "the standard output") }

    /// - Parameter number: an open descriptor, which its owner closes later.
    init(writingTo number: Int32, name: String) {
        self.number = number
        self.name = name
        var status = stat()
        // SAFETY: the struct is the call's own result.
        let result = unsafe fstat(number, &status)
        let type = status.st_mode & S_IFMT
        canBlock = result == 0 && type != S_IFREG && !Self.isNullDevice(status)
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills a winsize.
        let isTerminal = unsafe ioctl(number, UInt(TIOCGWINSZ), &size) == 0
        terminalWidth = isTerminal && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    private static func isNullDevice(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103  // character device 1:3
    }

    /// Writes all of the bytes, and takes out of the buffer what was written.
    ///
    /// - Parameters:
    ///   - stop: while it is up, nothing is waited for.
    ///   - deadline: nanoseconds of the monotonic clock after which nothing is waited for.
    /// - Throws: where the output takes no more: a full disk, a broken device.
    public func write(
        _ bytes: inout [UInt8], unless stop: Signal? = nil, until deadline: UInt64? = nil
    ) throws(IngestError) -> Outcome {
        var start = 0
        defer { bytes.removeFirst(start) }
        while start < bytes.count {
            if canBlock, !isReady(unless: stop, until: deadline) { return .stopped }
            let end = canBlock ? min(start + Self.safeSize, bytes.count) : bytes.count
            // SAFETY: the bytes are borrowed for the call.
            let written = unsafe bytes[start..<end].withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            if written >= 0 {
                start += written
            } else if errno == EPIPE {
                return .readerIsGone
            } else if errno != EINTR, errno != EAGAIN {
                throw IngestError(file: "write to \(name)", errno: errno, cure: Self.cure(for: errno))
            }
        }
        return .written
    }

    /// Waits until the output takes something; not while the stop signal is up, and not beyond the deadline.
    private func isReady(unless stop: Signal?, until deadline: UInt64?) -> Bool {
        var set = PollSet(reading: stop.map { [$0.number] } ?? [], writing: [number])
        while true {
            let now = ReceiveTime.now.monotonic
            let timeout = deadline.map { $0 > now ? ($0 - now).pollTimeout : 0 } ?? -1
            if set.wait(timeout: timeout) {
                return set.isReady(number)
            }
            if let deadline, ReceiveTime.now.monotonic >= deadline { return false }
        }
    }

    private static func cure(for number: Int32) -> String {
        number == ENOSPC ? "make room, or write elsewhere; what was written is cut off where the room ended" : ""
    }

    /// Waits until a flag is up or the reader of the output is gone.
    ///
    /// - Parameter timeout: nanoseconds; `nil` waits without end.
    /// - Returns: whether the reader is gone.
    public func wait(for signals: [Signal], timeout: UInt64?) -> Bool {
        var set = PollSet(reading: signals.map(\.number), closing: [number])
        _ = set.wait(timeout: timeout?.pollTimeout ?? -1)
        return set.isClosed(number)
    }
}
