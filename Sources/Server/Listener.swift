internal import FlowModel
internal import HummingbirdCore
internal import Ingest
internal import Logging
internal import NIOCore
internal import NIOPosix

/// One address on which the server answers.
final class Listener: Sendable {
    private let server: HummingbirdCore.Server<HTTP1Channel>
    private let running: Task<Void, Never>
    private let loop: any EventLoop

    /// Begins to listen; waits until it does.
    ///
    /// - Parameters:
    ///   - name: the address, for errors.
    ///   - isTCP: whether it is one of TCP, and no path.
    init(
        _ setup: HTTP1Channel, _ configuration: ServerConfiguration, named name: String, isTCP: Bool,
        on group: MultiThreadedEventLoopGroup, logger: Logger
    ) throws(IngestError) {
        loop = group.next()
        let ready = loop.makePromise(of: Void.self)
        let server = HummingbirdCore.Server(
            childChannelSetup: setup, configuration: configuration, onServerRunning: { _ in ready.succeed() },
            eventLoopGroup: group, logger: logger)
        self.server = server
        running = Task {
            do {
                try await server.run()
                ready.fail(ChannelError.ioOnClosedChannel)
            } catch {
                ready.fail(error)
            }
        }
        do {
            try ready.futureResult.wait()
        } catch {
            guard let error = error as? IOError else {
                throw IngestError(.unavailable, "listen on \(name)", reason: "\(error)")
            }
            throw isTCP
                ? IngestError(listeningOnAddress: name, errno: error.errnoCode)
                : IngestError(listeningOnPath: name, errno: error.errnoCode)
        }
    }

    /// Takes no more connections.
    ///
    /// - Returns: waits for the end of those that there are.
    func stop() -> () -> Void {
        let done = loop.makePromise(of: Void.self)
        Task { [server, running] in
            try? await server.shutdownGracefully()
            await running.value
            done.succeed()
        }
        // It cannot fail.
        return { try? done.futureResult.wait() }
    }
}
