/// Things that are due at a time, first in, first out: all of one queue wait equally long.
struct DeadlineQueue<Element> {
    private var entries: [(element: Element, deadline: UInt64)] = []
    private var head = 0

    /// How many wait.
    var count: Int { entries.count - head }

    /// The deadline of the first one in monotonic nanoseconds; the greatest number where none waits.
    var nextDeadline: UInt64 { head < entries.count ? entries[head].deadline : .max }

    /// - Parameter deadline: monotonic nanoseconds; not before the last one's.
    /// - Complexity: O(1) amortised.
    mutating func append(_ element: Element, until deadline: UInt64) { entries.append((element, deadline)) }

    /// Takes the first one out, `nil` where none waits.
    ///
    /// - Complexity: O(1) amortised.
    mutating func popFirst() -> Element? {
        guard head < entries.count else { return nil }
        let element = entries[head].element
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return element
    }
}
