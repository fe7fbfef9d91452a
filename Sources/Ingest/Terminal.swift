internal import CLinux
public import FlowModel
internal import Glibc

/// The terminal as a screen: keys come as they are typed, text goes where it is put.
///
/// It is given back as it was whatever becomes of nfmon: at an end of its own, when it crashes, and when it is killed, by a
/// process that does nothing but wait for that.
public final class Terminal: Sendable {
    /// What has happened to the terminal, or to nfmon at it.
    public struct News: OptionSet, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// It has another size.
        public static let resized = News(rawValue: UInt32(NFMON_TERMINAL_RESIZED))
        /// nfmon was stopped and goes on: somebody else wrote on the terminal meanwhile, and set its modes.
        public static let continued = News(rawValue: UInt32(NFMON_TERMINAL_CONTINUED))
        /// Somebody asks nfmon to stop (SIGTSTP).
        public static let stopIsWanted = News(rawValue: UInt32(NFMON_TERMINAL_STOP))
    }

    /// The alternate screen, no cursor, no wrapping, pastes marked; ECMA-48 and what xterm added to it.
    private static let enterText = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l\u{1b}[?2004h"
    /// The same undone, at the lower edge for terminals that have no alternate screen.
    private static let leaveText = "\u{1b}[?2004l\u{1b}[?7h\u{1b}[0m\u{1b}[?25h\u{1b}[999;1H\u{1b}[?1049l"

    private let output = OutputStream()
    private let signal: Signal

    /// Makes the terminal a screen.
    ///
    /// - Throws: where the standard input or output is no terminal.
    public init() throws(IngestError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw IngestError(
                .unavailable, "draw a screen", reason: "the standard input and output are not both a terminal",
                cure: "start nfmon at a terminal, or leave out --watch")
        }
        signal = try Signal()
        // SAFETY: the texts are NUL-terminated copies for the call, which keeps its own.
        let result = unsafe nfmon_terminal_open(signal.number, Self.leaveText)
        guard result == 0 else { throw IngestError("prepare the terminal", errno: -result) }
        try enter()
    }

    /// Makes it a screen again after ``suspend()`` or ``News/continued``. The screen is empty then.
    public func enter() throws(IngestError) {
        // SAFETY: a NUL-terminated copy for the call.
        let result = unsafe nfmon_terminal_enter(Self.enterText)
        guard result == 0 else { throw IngestError("take over the terminal", errno: -result) }
    }

    /// Gives the terminal back and stops nfmon, as Ctrl-Z does elsewhere. Returns when it goes on: ``News/continued`` tells.
    public func suspend() {
        nfmon_terminal_leave()
        _ = kill(getpid(), SIGSTOP)
    }

    /// Gives the terminal back for good.
    public func close() { nfmon_terminal_close() }

    /// Columns and rows; what a terminal has had since the first ones where it does not say.
    public var size: (columns: Int, rows: Int) {
        var size = winsize()
        // SAFETY: TIOCGWINSZ fills a winsize.
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        guard isKnown, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// What has happened since the last call.
    public func takeNews() -> News {
        signal.lower()
        return News(rawValue: nfmon_terminal_news())
    }

    /// Waits until a key is pressed, there is news, or one of the flags is up.
    ///
    /// - Parameter timeout: nanoseconds; `nil` waits without end.
    /// - Returns: whether there is something to read.
    public func wait(for signals: [Signal], timeout: UInt64?) -> Bool {
        var set = PollSet(reading: [STDIN_FILENO, signal.number] + signals.map(\.number))
        _ = set.wait(timeout: timeout?.pollTimeout ?? -1)
        return set.isReady(STDIN_FILENO)
    }

    /// What was typed, once ``wait(for:timeout:)`` says that there is something; `nil` where the terminal is gone.
    public func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        // SAFETY: at most as many bytes are read as the array has.
        let count = unsafe Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        if count > 0 { return Array(bytes[..<count]) }
        return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : nil
    }

    /// Writes all of it.
    ///
    /// - Parameter stop: while it is up, nothing is waited for.
    /// - Returns: whether the terminal is still there.
    public func write(_ bytes: inout [UInt8], unless stop: Signal) throws(IngestError) -> Bool {
        try output.write(&bytes, unless: stop) != .readerIsGone
    }
}
