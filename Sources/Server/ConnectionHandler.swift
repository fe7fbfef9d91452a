import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// What one connection may do: it enters the desk, is told what is wrong with what it sends, and must take its answers.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a connection may leave an answer untaken.
    struct Patience: Sendable {
        /// With a whole answer.
        var answer: TimeAmount
        /// With a stream.
        var stream: TimeAmount
    }

    private let desk: ConnectionDesk
    private let patience: Patience
    private let headerSize: Int
    private let version: String
    /// Whole requests whose answers are not sent.
    private var openCount = 0
    private var hasHead = false
    private var isStream = false
    private var closesAtEnd = false
    private var unsentCount = 0
    private var lastSent = NIODeadline.now()
    private var watch: Scheduled<Void>?

    init(_ desk: ConnectionDesk, patience: Patience, headerSize: Int, version: String) {
        self.version = version
        self.desk = desk
        self.patience = patience
        self.headerSize = headerSize
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Behind the library's codec nobody sees the version any more.
        let pipeline = context.pipeline.syncOperations
        do {
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandler(VersionHandler(), position: .before(codec))
        } catch { context.close(promise: nil) }
    }

    func channelActive(context: ChannelHandlerContext) {
        if desk.enter(context.channel) {
            context.fireChannelActive()
        } else {
            refuse(.busy("the monitor has as many connections as it takes: ask again in a moment"), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave(context) }

    private func leave(_ context: ChannelHandlerContext) {
        watch?.cancel()
        watch = nil
        desk.leave(context.channel)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !closesAtEnd else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            hasHead = true
            // The library knows the word in one spelling only, and alone.
            guard head.headerFields[.connection]?.asksToClose == true else { break }
            head.headerFields[.connection] = "close"
            return context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body: break
        case .end:
            // The codec that was here before may have refused the head.
            guard hasHead else { return }
            hasHead = false
            openCount += 1
            if openCount == 1 { desk.note(context.channel, isBusy: true) }
        }
        context.fireChannelRead(data)
    }

    /// What cannot be read as a request is answered at once, where no other answer is on its way.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard openCount == 0, !closesAtEnd, !hasHead else { return context.close(promise: nil) }
        switch error {
        case HTTPParserError.headerOverflow: refuse(.headersTooLarge(headerSize), context)
        default: refuse(.malformed, context)
        }
    }

    /// Answers with a problem and closes.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        closesAtEnd = true
        let answer = ResponseText(problem, version: version, asText: false)
        let parts: [HTTPResponsePart] = [.head(answer.head), .body(ByteBuffer(bytes: answer.body)), .end(nil)]
        for part in parts.dropLast() { context.write(wrapOutboundOut(part), promise: nil) }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            let wasStream = isStream
            isStream = head.headerFields[.contentLength] == nil
            if isStream != wasStream {
                // It has another patience.
                watch?.cancel()
                watch = nil
            }
            if head.headerFields[.connection] == "close" { closesAtEnd = true }
        case .body: break
        case .end:
            openCount -= 1
            if openCount == 0 { desk.note(context.channel, isBusy: false) }
        }
        let isEnd = if case .end = unwrapOutboundIn(data) { true } else { false }
        let sent = promise ?? context.eventLoop.makePromise()
        unsentCount += 1
        let box = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        sent.futureResult.whenComplete { _ in
            let (handler, context) = box.value
            handler.unsentCount -= 1
            handler.lastSent = .now()
            if isEnd, handler.closesAtEnd { context.close(promise: nil) }
        }
        context.write(data, promise: sent)
        watchTaking(context)
    }

    /// Closes the connection if it takes nothing of what is sent for too long.
    private func watchTaking(_ context: ChannelHandlerContext) {
        guard watch == nil, unsentCount > 0 else { return }
        if unsentCount == 1 { lastSent = .now() }
        let limit = isStream ? patience.stream : patience.answer
        let box = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        watch = context.eventLoop.scheduleTask(deadline: lastSent + limit) {
            let (handler, context) = box.value
            handler.watch = nil
            guard handler.unsentCount > 0 else { return }
            if NIODeadline.now() >= handler.lastSent + limit {
                context.close(promise: nil)
            } else {
                handler.watchTaking(context)
            }
        }
    }
}

extension String {
    /// Whether a `Connection` field has the option `close` (RFC 9110, section 7.6.1).
    fileprivate var asksToClose: Bool {
        split(separator: ",").contains { $0.filter { $0 != " " && $0 != "\t" }.lowercased() == "close" }
    }
}
