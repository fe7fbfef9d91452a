internal import FlowModel
internal import Wire

/// The sockets of a capture, so that all of them begin and end at one moment: what passes two interfaces must not be there by one and
/// miss by the other, as that one's ring was made or its thread woke later.
final class CaptureGate: Sendable {
    private enum Position: Sendable {
        /// Before all sockets are there.
        case closed
        case open
        /// For ever.
        case shut
    }

    private struct State: Sendable {
        /// With what each admits.
        var sockets: [Int32: BPFProgram] = [:]
        var position = Position.closed
    }

    private let state = Lock(State())

    /// Takes in a socket until ``remove(_:)``, which admits nothing yet; where the gate is open, it admits what the program does.
    ///
    /// - Returns: 0, or a negative error number.
    func add(_ socket: Int32, _ program: BPFProgram) -> Int32 {
        state.withLock { state in
            state.sockets[socket] = program
            return state.position == .open ? program.attach(to: socket) : 0
        }
    }

    /// The socket is closed next, and its number may be another's.
    func remove(_ socket: Int32) {
        state.withLock { state in state.sockets[socket] = nil }
    }

    /// Has all sockets admit what their programs do.
    ///
    /// - Returns: 0, or the negative error number of one that does not.
    func open() -> Int32 {
        state.withLock { state in
            guard state.position == .closed else { return 0 }
            state.position = .open
            var result: Int32 = 0
            for (socket, program) in state.sockets { result = min(result, program.attach(to: socket)) }
            return result
        }
    }

    /// How many packets were dropped for want of room since that was asked last, here or of a ring.
    func takeDrops() -> UInt64 {
        state.withLock { $0.sockets.keys.reduce(0) { $0 + PacketRing.takeDrops(of: $1) } }
    }

    /// Lets nothing in any more; what is there can still be read.
    func shut() {
        state.withLock { state in
            state.position = .shut
            let nothing = BPFProgram(keeping: 0)
            for socket in state.sockets.keys { _ = nothing.attach(to: socket) }
        }
    }
}
