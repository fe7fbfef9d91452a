internal import Glibc

/// Descriptors to wait for; made once, asked often.
struct PollSet {
    private var entries: [pollfd]

    /// - Parameters:
    ///   - reading: wait until these can be read.
    ///   - writing: wait until these can be written.
    ///   - closing: wait until the other ends of these are closed.
    init(reading: [Int32], writing: [Int32] = [], closing: [Int32] = []) {
        entries =
            reading.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            + writing.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
            + closing.map { pollfd(fd: $0, events: 0, revents: 0) }
    }

    /// Waits until one of the descriptors is ready, has an error or is closed.
    ///
    /// - Parameter timeout: milliseconds; -1 waits without end.
    /// - Returns: whether one is; `false` at the timeout, and when a signal came.
    mutating func wait(timeout: Int32) -> Bool {
        // SAFETY: the array has as many entries as is said.
        let result = unsafe poll(&entries, nfds_t(entries.count), timeout)
        if result <= 0 {
            for index in entries.indices { entries[index].revents = 0 }
        }
        return result > 0
    }

    /// Whether the last ``wait(timeout:)`` found the descriptor ready.
    func isReady(_ number: Int32) -> Bool { entries.contains { $0.fd == number && $0.revents != 0 } }

    /// Whether the last ``wait(timeout:)`` found that the other end of the descriptor is closed.
    func isClosed(_ number: Int32) -> Bool {
        entries.contains { $0.fd == number && $0.revents & Int16(POLLERR | POLLHUP) != 0 }
    }

    /// Stops or goes on waiting for the descriptor in one place of the set.
    mutating func watch(place: Int, _ number: Int32, _ isWatched: Bool) {
        entries[place].fd = isWatched ? number : -1  // poll(2) ignores negative numbers
        entries[place].revents = 0
    }
}

extension UInt64 {
    /// Nanoseconds as whole milliseconds for `poll`, rounded up so that nobody wakes before the time.
    var pollTimeout: Int32 { Int32(clamping: self / 1_000_000 + (self % 1_000_000 > 0 ? 1 : 0)) }
}
