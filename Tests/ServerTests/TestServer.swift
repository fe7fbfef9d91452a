import Foundation
import Logging
import NIOPosix
import Server
import Settings

/// A server on a socket of its own, and who asks it.
struct TestServer: Sendable {
    let monitor: FixtureMonitor
    let path: String
    private let server: MonitorServer

    /// Calls `body` with a server that has taken in some recordings.
    ///
    /// - Parameter change: what differs from the usual settings.
    static func with(
        _ recordings: [String] = ["dump", "denied"], history: Int = 1 << 20,
        change: (inout MonitorSettings) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        var settings = MonitorSettings()
        settings.socket.path = "\(NSTemporaryDirectory())nfmon-\(UUID().uuidString.prefix(8)).sock"
        settings.socket.group = nil
        change(&settings)
        let monitor = FixtureMonitor(history: history)
        for recording in recordings { try monitor.play(recording) }
        let server = try MonitorServer(
            monitor: monitor, settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await waiting { try server.start() }
        let test = TestServer(monitor: monitor, path: settings.socket.path, server: server)
        do { try await body(test) } catch {
            try await waiting { server.stop() }
            throw error
        }
        try await waiting { server.stop() }
    }

    func stop() async throws { try await Self.waiting { [server] in server.stop() } }

    /// What waits does so on a thread of its own: the server answers on those that tests run on.
    static func waiting<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    // MARK: Asking

    /// One request as it stands, and everything that comes until the server closes.
    func send(_ request: String) async throws -> RawResponse {
        let connection = try await RawConnection(path)
        try await connection.send(request)
        return try RawResponse(parsing: await connection.readToEnd())
    }

    func get(_ target: String, method: String = "GET", fields: String = "") async throws -> RawResponse {
        try await send("\(method) \(target) HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\(fields)\r\n")
    }
}
