/// The event socket as the kernel fills it: datagrams that wait, and what is known of those that found no room.
struct EventSocket {
    /// Datagrams of one message each, which nobody has read yet.
    private(set) var waiting: [KernelMessage] = []
    /// How many were dropped since this was last asked for (SO_MEMINFO, word 8).
    private var dropCount: UInt64 = 0
    /// Whether the next read answers ENOBUFS, which it does before it hands out what waits.
    private var hasError = false

    mutating func drop() { dropCount += 1 }

    /// - Returns: whether the socket tells of it: errors do not add up.
    mutating func dropUncounted() -> Bool {
        defer { hasError = true }
        return !hasError
    }

    /// - Parameter overtaking: whether it comes before the last one that waits, if the kernel may do that.
    mutating func append(_ message: KernelMessage, overtaking: Bool = false) {
        waiting.append(message)
        guard overtaking, waiting.count > 1, message.mayOvertake(waiting[waiting.count - 2]) else { return }
        waiting.swapAt(waiting.count - 1, waiting.count - 2)
    }

    mutating func takeError() -> Bool {
        defer { hasError = false }
        return hasError
    }

    mutating func takeDrops() -> UInt64 {
        defer { dropCount = 0 }
        return dropCount
    }

    mutating func takeAll() -> [KernelMessage] {
        defer { waiting.removeAll() }
        return waiting
    }
}
