public import FlowModel

/// Which frames that are addressed to others this host takes all the same: what bridges forward, and what is for interfaces on top of others.
///
/// The kernel says of each frame only that it is not addressed to the interface that shows it (PACKET_OTHERHOST). One for each thread that
/// reads frames, without clock and lock: an interface in promiscuous mode shows those for others by the million.
public struct ForeignFrames: Sendable {
    /// How the interfaces are made of each other, and when that was found: nanoseconds of the clock that is never set.
    public typealias Look = (stack: InterfaceStack, time: UInt64)

    /// Nanoseconds after which it is looked again: interfaces become ports, and ports interfaces.
    static let interval: UInt64 = 5_000_000_000
    /// The same for interfaces that nobody knows yet, as containers' come and go.
    static let shortInterval: UInt64 = 50_000_000

    private let look: @Sendable (_ now: UInt64, _ age: UInt64) -> Look?
    private var now: UInt64
    /// Of the look that the following is of; `nil` before the first one.
    private var lookTime: UInt64?
    private var stack = InterfaceStack()
    private var taken: [InterfaceIndex: InterfaceStack.Taken] = [:]
    /// The interface that was asked about last, and what the host takes from it: mostly the next frame is of the same one. `nil` where it is to
    /// be looked again.
    private var last: (interface: InterfaceIndex, taken: InterfaceStack.Taken)?

    /// - Parameters:
    ///   - time: the time, in nanoseconds of the clock that is never set.
    ///   - look: tells what is found at a time, or was found before if that is less than an age ago, both in nanoseconds; `nil` where it cannot
    ///     be found. It is asked as frames for others come.
    public init(at time: UInt64, look: @escaping @Sendable (_ now: UInt64, _ age: UInt64) -> Look?) {
        self.look = look
        now = time
    }

    /// Takes in what time it is.
    public mutating func advance(to time: UInt64) {
        now = time
        if age >= Self.interval { last = nil }
    }

    /// Whether the host does not take a frame for this address on the link of an interface that shows it.
    public mutating func leaves(_ address: UInt64, from interface: InterfaceIndex) -> Bool {
        if let last, last.interface == interface { return !last.taken.contains(address) }
        let interval = stack.contains(interface) ? Self.interval : Self.shortInterval
        if age >= interval { renew(within: interval) }
        let found = taken[interface] ?? stack.taken(from: interface)
        if stack.contains(interface) {
            taken[interface] = found
            last = (interface, found)
        }
        return !found.contains(address)
    }

    /// Nanoseconds since the look, which may have been another thread's and newer than the time that this one knows.
    private var age: UInt64 { lookTime.map { now > $0 ? now - $0 : 0 } ?? .max }

    private mutating func renew(within interval: UInt64) {
        lookTime = now
        guard let found = look(now, interval) else { return }
        stack = found.stack
        lookTime = found.time
        (taken, last) = ([:], nil)
    }
}
