internal import FlowModel
internal import Wire

/// The sockets of a capture, so that all of them end at one moment: what passes two interfaces must not be there by one and miss by the
/// other, as its thread woke later.
final class CaptureGate: Sendable {
    private struct State: Sendable {
        var sockets: Set<Int32> = []
        var isShut = false
    }

    private let state = Lock(State())

    /// Takes in a socket that is open until ``remove(_:)``.
    func add(_ socket: Int32) {
        state.withLock { state in
            state.sockets.insert(socket)
            if state.isShut { Self.shut(socket) }
        }
    }

    /// The socket is closed next, and its number may be another's.
    func remove(_ socket: Int32) {
        state.withLock { state in _ = state.sockets.remove(socket) }
    }

    /// Lets nothing in any more; what is there can still be read.
    func shut() {
        state.withLock { state in
            state.isShut = true
            for socket in state.sockets { Self.shut(socket) }
        }
    }

    private static func shut(_ socket: Int32) { _ = BPFProgram(keeping: 0).attach(to: socket) }
}
