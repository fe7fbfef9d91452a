internal import FlowModel
internal import NIOCore
internal import NIOHTTP1

/// Puts an answer where a command takes it: its head into a promise, its body into an ``Inbox``.
final class ResponseHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let outcome: CallOutcome
    private let inbox: Inbox
    /// Bytes of body that may still come.
    private var room: Int
    /// Nanoseconds without a byte that an `IdleStateHandler` tells of.
    private let silence: UInt64
    /// Whether silence behind the head is no fault.
    private let goesOn: Bool
    private var hasBegun = false
    private let operation: String

    init(_ outcome: CallOutcome, inbox: Inbox, limit: Int, silence: UInt64, goesOn: Bool, operation: String) {
        self.outcome = outcome
        self.inbox = inbox
        room = limit
        self.silence = silence
        self.goesOn = goesOn
        self.operation = operation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let part):
            hasBegun = true
            let head = ClientResponseHead(
                status: Int(part.status.code), fields: part.headers.map { ($0.name, $0.value) })
            if head.isOfMonitor { outcome.head.succeed(head) } else { failAsForeign(context) }
        case .body(let part):
            room -= part.readableBytes
            guard room >= 0 else {
                return fail("the answer is too large", "ask for fewer sessions", context)
            }
            inbox.append(part.readableBytesView)
        case .end(let fields):
            if let reason = fields?.first(name: "nfmon-end") {
                outcome.fail(ClientError(.broken, operation, reason: reason))
            } else {
                outcome.finish()
            }
            context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        if inbox.hasRoom() { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        if goesOn, hasBegun { return }
        outcome.fail(ClientError(silentFor: silence, operation))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError, error != .invalidEOFState {
            failAsForeign(context)
        } else {
            failAsClosed(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        failAsClosed(context)
        context.fireChannelInactive()
    }

    private func failAsClosed(_ context: ChannelHandlerContext) {
        fail(
            "it closed the connection before the answer was whole", "nfmon status shows whether it goes on", context)
    }

    private func failAsForeign(_ context: ChannelHandlerContext) {
        let error = ClientError(
            .foreign, operation, reason: "who answers there is no monitor of nfmon",
            cure: "name the monitor's socket with --socket")
        outcome.fail(error)
        context.close(promise: nil)
    }

    /// Only the first word counts: after a whole answer this changes nothing.
    private func fail(_ reason: String, _ cure: String, _ context: ChannelHandlerContext) {
        outcome.fail(ClientError(.broken, operation, reason: reason, cure: cure))
        context.close(promise: nil)
    }
}
