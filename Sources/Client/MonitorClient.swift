public import FlowModel
internal import NIOCore

/// Asks a monitor over its socket; every call waits for the answer, on whatever thread it is made, and has a connection of its own.
public struct MonitorClient: Sendable {
    /// Bytes of a stream that wait at most for the one who takes them.
    private static let streamRoom = 4 << 20

    /// Nanoseconds for which a monitor may say nothing: one that works answers far sooner.
    public static let patience: UInt64 = 10_000_000_000

    public let address: MonitorAddress

    public init(address: MonitorAddress) { self.address = address }

    /// Asks for a whole answer.
    ///
    /// - Parameters:
    ///   - query: names and values, not encoded.
    ///   - limit: bytes that the answer may have.
    ///   - silence: nanoseconds for which it may say nothing.
    ///   - timeout: nanoseconds in which it must have come whole.
    /// - Throws: where there is no whole answer, and where its status is 400 or above.
    public func get(
        _ path: String, _ query: [(String, String)] = [], limit: Int = 2 << 30, silence: UInt64 = patience,
        timeout: UInt64 = 60_000_000_000
    ) throws(ClientError) -> ClientResponse {
        let inbox = Inbox(room: .max, onNews: {})
        let call = try Call(
            QueryText.target(path, query), at: address, into: inbox, limit: limit, silence: silence, timeout: timeout)
        let head = try call.waitForHead()
        return ClientResponse(head: head, body: try call.waitForBody(head))
    }

    /// Asks for an answer that goes on.
    ///
    /// - Parameters:
    ///   - timeout: nanoseconds in which it must have begun.
    ///   - onNews: called from another thread when there is something to take, also the end.
    /// - Throws: where no answer begins, and where its status is 400 or above.
    public func stream(
        _ path: String, _ query: [(String, String)] = [], timeout: UInt64 = patience,
        onNews: @escaping @Sendable () -> Void
    ) throws(ClientError) -> MonitorStream {
        let inbox = Inbox(room: Self.streamRoom, onNews: onNews)
        let call = try Call(
            QueryText.target(path, query), at: address, into: inbox, limit: .max, silence: timeout,
            timeout: timeout &* 2, goesOn: true)
        let head = try call.waitForHead()
        // What refuses is a whole answer.
        if head.status >= 400 { _ = try call.waitForBody(head) }
        call.allowAllTime()
        return MonitorStream(head: head, inbox: inbox, channel: call.channel)
    }
}
