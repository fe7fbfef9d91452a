import Foundation
import NIOCore
import NIOPosix

/// Somebody behind a socket who says the same to everybody, and hangs up; without words he keeps silent and the connection.
enum Speaker {
    static func with(_ words: String?, _ body: (String) async throws -> Void) async throws {
        let path = "\(NSTemporaryDirectory())nfmon-\(UUID().uuidString.prefix(8)).sock"
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).childChannelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(Talker(words))
            }
        }.bind(unixDomainSocketPath: path).get()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
        try await channel.close()
    }

    private final class Talker: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let words: String?

        init(_ words: String?) { self.words = words }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let words else { return }
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(string: words)).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
