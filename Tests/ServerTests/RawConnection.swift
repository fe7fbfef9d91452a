import NIOCore
import NIOPosix
import Testing

/// A connection that sends whatever bytes a test wants.
final class RawConnection: Sendable {
    struct TookTooLong: Error {}

    private let channel: any Channel
    private let inbox: AsyncThrowingStream<[UInt8], any Error>

    init(_ path: String) async throws {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        inbox = stream
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
            }
        }.connect(unixDomainSocketPath: path).get()
        // Whoever waits in vain fails after a while.
        let timer = channel.eventLoop.scheduleTask(in: .seconds(30)) { continuation.finish(throwing: TookTooLong()) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

    /// Everything that comes until the server closes.
    func readToEnd() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in inbox { bytes += piece }
        return bytes
    }

    /// What comes until it contains a text.
    func read(until text: String) async throws -> String {
        var bytes: [UInt8] = []
        for try await piece in inbox {
            bytes += piece
            let all = String(decoding: bytes, as: UTF8.self)
            if all.contains(text) { return all }
        }
        Issue.record("closed before \(text) came: \(String(decoding: bytes, as: UTF8.self))")
        return String(decoding: bytes, as: UTF8.self)
    }

    func close() async throws { try await channel.close() }

    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation

        init(_ continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
        }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        /// A server that closes while something is sent resets the connection.
        func errorCaught(context: ChannelHandlerContext, error: any Error) { continuation.finish() }
    }
}
