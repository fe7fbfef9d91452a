internal import FlowModel
internal import Flows

/// Which frames that are addressed to others this host takes all the same: what bridges forward, and what is for interfaces on top of others.
///
/// The kernel says of each frame only that it is not addressed to the interface that shows it (PACKET_OTHERHOST).
final class ForeignFrames: Sendable {
    private struct State {
        var stack = InterfaceStack()
        var taken: [InterfaceIndex: InterfaceStack.Taken] = [:]
        /// When it was looked how interfaces are made of each other; 0 is never.
        var lookTime: UInt64 = 0
    }

    /// Nanoseconds after which it is looked again: interfaces become ports, and ports interfaces.
    private static let interval: UInt64 = 5_000_000_000
    /// The same for interfaces that nobody knows yet, as containers' come and go.
    private static let shortInterval: UInt64 = 50_000_000

    private let state = Lock(State())

    init() {}

    /// Leaves out all others.
    var choice: ForeignFrameChoice { { interface, address in !self.areTaken(for: address, from: interface) } }

    /// Whether the host takes a frame for an address from an interface of the thread's network namespace.
    func areTaken(for address: UInt64, from interface: InterfaceIndex) -> Bool {
        let now = ReceiveTime.now.monotonic
        return state.withLock { state in
            let age = now &- state.lookTime
            if state.lookTime == 0 || age >= Self.interval
                || age >= Self.shortInterval && !state.stack.contains(interface)
            {
                state.lookTime = now
                if let stack = HostInterfaces.current?.stack { (state.stack, state.taken) = (stack, [:]) }
            }
            if let taken = state.taken[interface] { return taken.contains(address) }
            let taken = state.stack.taken(from: interface)
            state.taken[interface] = taken
            return taken.contains(address)
        }
    }
}
