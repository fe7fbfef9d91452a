import FlowModel
import NIOCore

/// All connections of the server, on all its addresses, and which of them goes when there are too many.
///
/// Whoever has sent no whole request goes first, the one who has waited longest: so a flood of connections that say nothing, or
/// only begin to, keeps nobody from asking. Who is being answered stays; if all are, the newcomer is told to come back.
final class ConnectionDesk: Sendable {
    private struct Entry {
        var channel: any Channel
        /// In which order it came, or was last answered.
        var turn: UInt64
        var isBusy = false
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var turn: UInt64 = 0
        var isClosing = false
    }

    private let limit: Int
    private let state = Lock(State())

    init(limit: Int) { self.limit = limit }

    /// Notes a new connection; another one may be closed for it.
    ///
    /// - Returns: whether there is a place for it.
    /// - Complexity: O(connections) once there are too many.
    func enter(_ channel: any Channel) -> Bool {
        let (isWelcome, victim) = state.withLock { state -> (Bool, (any Channel)?) in
            guard !state.isClosing else { return (false, nil) }
            var victim: (any Channel)?
            if state.entries.count >= limit {
                guard let idle = state.entries.filter({ !$0.value.isBusy }).min(by: { $0.value.turn < $1.value.turn })
                else { return (false, nil) }
                victim = idle.value.channel
                state.entries[idle.key] = nil
            }
            state.turn += 1
            state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, turn: state.turn)
            return (true, victim)
        }
        victim?.close(promise: nil)
        return isWelcome
    }

    /// Notes whether a connection waits for an answer.
    func note(_ channel: any Channel, isBusy: Bool) {
        state.withLock { state in
            state.turn += 1
            state.entries[ObjectIdentifier(channel)]?.isBusy = isBusy
            state.entries[ObjectIdentifier(channel)]?.turn = state.turn
        }
    }

    func leave(_ channel: any Channel) {
        state.withLock { _ = $0.entries.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Ends all connections, whatever they wait for, and takes no more.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosing = true
            return state.entries.values.map(\.channel)
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
