public import FlowModel
internal import NIOCore

/// An answer that goes on: its text as it comes.
///
/// Nothing is lost between the two sides: what is not taken waits in the connection, and then at the monitor, which counts
/// what a reader was too slow for.
public final class MonitorStream: Sendable {
    public enum State: Sendable {
        case open
        /// The monitor has ended the answer as it should.
        case ended
        case failed(ClientError)
    }

    public let head: ClientResponseHead
    private let inbox: Inbox
    private let channel: any Channel

    init(head: ClientResponseHead, inbox: Inbox, channel: any Channel) {
        self.head = head
        self.inbox = inbox
        self.channel = channel
    }

    /// Moves what has come behind `bytes`, without waiting.
    ///
    /// - Returns: whether more can come.
    public func take(into bytes: inout [UInt8]) -> State {
        let (end, wasPaused) = inbox.take(into: &bytes)
        switch end {
        case nil:
            if wasPaused { channel.read() }
            return .open
        case .whole: return .ended
        case .failed(let error): return .failed(error)
        }
    }

    /// Ends the connection.
    public func close() { channel.close(promise: nil) }
}
