internal import Glibc

/// Waiting for descriptors.
enum Poll {
    /// Waits until one of the descriptors can be read (or written, for those of `writing`), has an error or is closed.
    ///
    /// - Parameter timeout: milliseconds; -1 waits without end.
    /// - Returns: the descriptors for which this is so; none at the timeout.
    static func wait(for reading: [Int32], writing: [Int32] = [], timeout: Int32) -> [Int32] {
        var entries =
            reading.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            + writing.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
        var result: Int32
        repeat {
            // SAFETY: the array has as many entries as is said.
            result = unsafe poll(&entries, nfds_t(entries.count), timeout)
        } while result < 0 && errno == EINTR && timeout < 0
        guard result > 0 else { return [] }
        return entries.filter { $0.revents != 0 }.map(\.fd)
    }
}

extension Signal {
    /// Waits until one of the flags is up.
    ///
    /// - Parameter timeout: nanoseconds; `nil` waits without end.
    public static func wait(for signals: [Signal], timeout: UInt64?) {
        let milliseconds = timeout.map { Int32(clamping: ($0 + 999_999) / 1_000_000) } ?? -1
        _ = Poll.wait(for: signals.map(\.number), timeout: milliseconds)
    }
}
