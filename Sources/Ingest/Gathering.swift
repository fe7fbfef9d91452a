/// A moment's wait for more, in a turn that follows a busy one.
///
/// In a burst nearly every event would wake the thread that reads, and every few of them the one that writes: each wakes for
/// next to nothing, and the kernel's part of it is two thirds of what an event costs. A millisecond of gathering halves that
/// (Tests/Benchmarks/bursts). A single event is still handed on at once, as the turn before it was not busy.
public struct Gathering: Sendable {
    /// So many events in one turn are a load.
    public var threshold = 32
    /// How long to gather. Whoever gathers in a buffer of limited size sees to it that it outlasts this.
    public var nanoseconds: UInt64 = 1_000_000

    public init() {}

    /// Whether to gather before the next turn, after one of `count` events.
    public func isDue(after count: Int) -> Bool { count >= threshold }
}
