import FlowModel

/// Sessions that packets told of, and whose word from conntrack is still awaited, in the order of their deadlines.
struct WaitingRoom {
    struct Waiter {
        var slot: UInt32
        var id: SessionID
        /// Monotonic nanoseconds.
        var deadline: UInt64
    }

    private var waiters: [Waiter] = []
    private var head = 0

    /// - Complexity: O(1) amortised. Deadlines must not go back.
    mutating func admit(_ slot: UInt32, _ id: SessionID, until deadline: UInt64) {
        waiters.append(Waiter(slot: slot, id: id, deadline: deadline))
    }

    /// The one whose deadline is next.
    var first: Waiter? { head < waiters.count ? waiters[head] : nil }

    /// Lets the first one go.
    mutating func dismissFirst() {
        head += 1
        if head == waiters.count {
            waiters.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head * 2 > waiters.count {
            waiters.removeFirst(head)
            head = 0
        }
    }
}
