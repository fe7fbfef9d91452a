internal import CLinux
public import FlowModel
internal import Glibc

/// A flag that threads can wait for together with descriptors: an eventfd.
///
/// A flag that is raised stays up until it is lowered, so nobody can miss it.
public final class Signal: Sendable {
    private let descriptor: Descriptor

    /// - Throws: when the process has no descriptor left.
    public init() throws(IngestError) {
        let number = nfmon_eventfd()
        guard number >= 0 else { throw IngestError("make an event descriptor", errno: errno) }
        descriptor = Descriptor(owning: number)
    }

    /// For `poll`: readable while the flag is up.
    var number: Int32 { descriptor.number }

    /// Raises the flag.
    public func raise() {
        var one: UInt64 = 1
        // SAFETY: eight bytes are written from a variable of eight bytes. A full counter means that the flag is up.
        _ = unsafe write(number, &one, 8)
    }

    /// Lowers the flag.
    public func lower() {
        var count: UInt64 = 0
        // SAFETY: eight bytes are read into a variable of eight bytes. An empty counter means that the flag is down.
        _ = unsafe read(number, &count, 8)
    }

    /// Whether the flag is up.
    public var isRaised: Bool {
        var set = PollSet(reading: [number])
        return set.wait(timeout: 0)
    }

    /// Waits until one of the flags is up.
    ///
    /// - Parameter timeout: nanoseconds; `nil` waits without end.
    public static func wait(for signals: [Signal], timeout: UInt64?) {
        var set = PollSet(reading: signals.map(\.number))
        _ = set.wait(timeout: timeout?.pollTimeout ?? -1)
    }

    /// Raises the flag at SIGINT, SIGTERM and SIGHUP, and makes a closed pipe an error of `write` instead of the process's
    /// end.
    public func raiseOnTermination() throws(IngestError) { try handle(nfmon_stop_on_signals) }

    /// Raises this flag at SIGHUP instead of the one of ``raiseOnTermination()``, before or after that.
    public func raiseOnReload() throws(IngestError) { try handle(nfmon_reload_on_signal) }

    /// Raises the flag at SIGUSR1, by which somebody asks how it goes.
    public func raiseOnQuestion() throws(IngestError) { try handle(nfmon_ask_on_signal) }

    /// Those that are raised when a signal comes: for as long as the process lives, as a signal may come at any time, and their descriptors
    /// must not become something else's.
    private static let handlers = Lock<[Signal]>([])

    private func handle(_ install: (Int32) -> Int32) throws(IngestError) {
        Self.handlers.withLock { $0.append(self) }
        let result = install(number)
        guard result == 0 else { throw IngestError("handle signals", errno: -result) }
    }
}
