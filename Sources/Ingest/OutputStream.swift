internal import Glibc

/// The standard output as data leaves through it: never blocking a stop, noticing a reader that is gone.
public struct OutputStream: Sendable {
    public enum Outcome: Sendable {
        case written
        /// The reader closed its end: the end of the command, and no error.
        case readerIsGone
        /// The stop signal came while the reader was slow.
        case stopped
    }

    /// Writing that much to a pipe that is ready never blocks (PIPE_BUF).
    private static let safeSize = 4096

    private let number: Int32 = STDOUT_FILENO
    private let canBlock: Bool
    /// Whether the output is a terminal, and how wide it is in columns.
    public let terminalWidth: Int?

    public init() {
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

    /// Writes all of the bytes.
    ///
    /// - Throws: where the output takes no more: a full disk, a broken device.
    public func write(_ bytes: [UInt8], unless stop: Signal? = nil) throws(IngestError) -> Outcome {
        var rest = bytes[...]
        while !rest.isEmpty {
            if canBlock {
                let ready = Poll.wait(for: [stop].compactMap { $0?.number }, writing: [number], timeout: -1)
                if let stop, ready.contains(stop.number), !ready.contains(number) { return .stopped }
            }
            let piece = canBlock ? rest.prefix(Self.safeSize) : rest
            // SAFETY: the bytes are borrowed for the call.
            let written = unsafe piece.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EPIPE {
                return .readerIsGone
            } else if errno != EINTR, errno != EAGAIN {
                throw IngestError("write to the standard output", errno: errno)
            }
        }
        return .written
    }

    /// Waits until a flag is up or the reader of the output is gone.
    ///
    /// - Parameter timeout: nanoseconds; `nil` waits without end.
    /// - Returns: whether the reader is gone.
    public func wait(for signals: [Signal], timeout: UInt64?) -> Bool {
        let milliseconds = timeout.map { Int32(clamping: ($0 + 999_999) / 1_000_000) } ?? -1
        return Poll.waitForClose(of: number, orRead: signals.map(\.number), timeout: milliseconds)
    }
}

extension Poll {
    /// - Returns: whether `number`'s reader has closed it.
    fileprivate static func waitForClose(of number: Int32, orRead reading: [Int32], timeout: Int32) -> Bool {
        // With no events asked for, only errors are told: POLLERR of a pipe means that nobody reads any more.
        var entries =
            [pollfd(fd: number, events: 0, revents: 0)]
            + reading.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // SAFETY: the array has as many entries as is said.
        let result = unsafe poll(&entries, nfds_t(entries.count), timeout)
        return result > 0 && entries[0].revents & Int16(POLLERR) != 0
    }
}
