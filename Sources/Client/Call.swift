internal import FlowModel
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One request to a monitor, and what comes of it.
struct Call {
    /// Nanoseconds in which a connection must come about.
    private static let connectTimeout = TimeAmount.seconds(5)
    /// A socket whose queue is full is tried again: a monitor under a flood takes connections thousands of times a second.
    private static let (retryCount, retryPause) = (40, TimeAmount.milliseconds(50))
    /// One thread for all connections of the process, as long as it lives.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    let channel: any Channel
    private let operation: String
    private let inbox: Inbox
    private let head: EventLoopFuture<ClientResponseHead>
    private let end: EventLoopFuture<Void>
    private let timer: Scheduled<Void>

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - limit: bytes of body beyond which the answer is refused.
    ///   - silence: nanoseconds for which it may say nothing; of an answer that goes on, until it begins.
    ///   - timeout: nanoseconds in which it must have come whole.
    ///   - goesOn: whether it has no end of its own.
    init(
        _ target: String, at address: MonitorAddress, into inbox: Inbox, limit: Int, silence: UInt64, timeout: UInt64,
        goesOn: Bool = false
    ) throws(ClientError) {
        let operation = "ask the monitor on \(address.path)"
        let loop = Self.group.next()
        let (head, end) = (loop.makePromise(of: ClientResponseHead.self), loop.makePromise(of: Void.self))
        let outcome = CallOutcome(inbox: inbox, head: head, end: end)
        do {
            channel = try Self.connect(address, on: loop) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(readTimeout: .nanoseconds(Int64(clamping: silence))))
                    try pipeline.addHTTPClientHandlers()
                    let handler = ResponseHandler(
                        outcome, inbox: inbox, limit: limit, silence: silence, goesOn: goesOn, operation: operation)
                    try pipeline.addHandler(handler)
                }
            }
        } catch {
            let error = ClientError(connecting: address, error)
            outcome.fail(error)
            throw error
        }
        self.operation = operation
        self.inbox = inbox
        (self.head, self.end) = (head.futureResult, end.futureResult)
        timer = loop.scheduleTask(in: .nanoseconds(Int64(clamping: timeout))) { [channel] in
            let text = DurationText.text(nanoseconds: timeout)
            outcome.fail(ClientError(.broken, operation, reason: "no whole answer came within \(text)"))
            channel.close(promise: nil)
        }
        // Text instead of a problem document: what is wrong is said to a person.
        let fields: HTTPHeaders = ["host": "nfmon", "accept": "text/plain", "connection": "close"]
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: fields)
        channel.write(HTTPClientRequestPart.head(request), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    private static func connect(
        _ address: MonitorAddress, on loop: any EventLoop,
        _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) throws -> any Channel {
        for _ in 1..<retryCount {
            do {
                return try attempt(address, on: loop, initializer)
            } catch let error as IOError where error.errnoCode == ErrorNumber.again {
                try loop.scheduleTask(in: retryPause) {}.futureResult.wait()
            }
        }
        return try attempt(address, on: loop, initializer)
    }

    private static func attempt(
        _ address: MonitorAddress, on loop: any EventLoop,
        _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) throws -> any Channel {
        try ClientBootstrap(group: loop).connectTimeout(connectTimeout).channelInitializer(initializer)
            .connect(unixDomainSocketPath: address.path).wait()
    }

    func waitForHead() throws(ClientError) -> ClientResponseHead {
        do {
            return try head.wait()
        } catch {
            throw error as? ClientError ?? ClientError(.broken, operation, reason: "\(error)")
        }
    }

    /// Waits for the end of the answer.
    ///
    /// - Throws: where it did not come whole, and what the monitor says where it refuses.
    func waitForBody(_ head: ClientResponseHead) throws(ClientError) -> [UInt8] {
        // It never fails: what went wrong is in the inbox.
        _ = try? end.wait()
        timer.cancel()
        var body: [UInt8] = []
        if case .failed(let error) = inbox.take(into: &body).end { throw error }
        guard head.status >= 400 else { return body }
        let text = String(decoding: body, as: UTF8.self)
        throw ClientError(
            head.pause.map { .busy(pause: $0) } ?? .refused(status: head.status), operation,
            reason: text.isEmpty ? "it answers with status \(head.status)" : String(text.trimmingSuffix("\n")))
    }

    /// Whoever has seen the answer begin waits for its end as long as he likes.
    func allowAllTime() { timer.cancel() }
}

/// Where an answer's head and end are noted; only the first word about each counts.
struct CallOutcome: Sendable {
    let inbox: Inbox
    let head: EventLoopPromise<ClientResponseHead>
    let end: EventLoopPromise<Void>

    func finish() {
        inbox.end(.whole)
        end.succeed()
    }

    func fail(_ error: ClientError) {
        head.fail(error)
        inbox.end(.failed(error))
        end.succeed()
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var text = self[...]
        while text.last == character { text = text.dropLast() }
        return text
    }
}
