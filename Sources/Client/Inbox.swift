internal import FlowModel

/// What has come of an answer and was not taken yet; a connection's thread fills it, and a command's empties it.
final class Inbox: Sendable {
    /// How the answer ended.
    enum End: Sendable {
        /// As it should.
        case whole
        case failed(ClientError)
    }

    private struct State {
        var bytes: [UInt8] = []
        var end: End?
        var isPaused = false
    }

    /// Bytes beyond which the connection is not read any further.
    private let room: Int
    private let state = Lock(State())
    private let onNews: @Sendable () -> Void

    init(room: Int, onNews: @escaping @Sendable () -> Void) {
        self.room = room
        self.onNews = onNews
    }

    func append(_ bytes: some Sequence<UInt8>) {
        state.withLock { $0.bytes.append(contentsOf: bytes) }
        onNews()
    }

    /// Notes the end; only the first one counts.
    func end(_ end: End) {
        state.withLock { state in
            if state.end == nil { state.end = end }
        }
        onNews()
    }

    /// Whether there is room for more; if not, whoever takes what is there is told to go on reading.
    func hasRoom() -> Bool {
        state.withLock { state in
            state.isPaused = state.bytes.count >= room
            return !state.isPaused
        }
    }

    /// Moves what has come behind `bytes`.
    ///
    /// - Returns: the end, if everything before it was taken, and whether reading was paused.
    func take(into bytes: inout [UInt8]) -> (end: End?, wasPaused: Bool) {
        let taken = state.withLock { state in
            let taken = (bytes: state.bytes, end: state.end, wasPaused: state.isPaused)
            state.bytes = []
            state.isPaused = false
            return taken
        }
        if bytes.isEmpty { bytes = taken.bytes } else { bytes.append(contentsOf: taken.bytes) }
        return (taken.end, taken.wasPaused)
    }
}
