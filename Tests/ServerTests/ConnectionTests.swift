import FlowModel
import Foundation
import Monitor
import Server
import Settings
import Testing

/// Many connections, silent ones and foreign ones.
@Suite(.serialized) struct ConnectionTests {
    @Test func connectionsThatSayNothingKeepNobodyOut() async throws {
        try await TestServer.with(change: { $0.limits.connections = 8 }) { server in
            var silent: [RawConnection] = []
            for number in 0..<40 {
                let connection = try await RawConnection(server.path)
                // Half of them begin a request.
                if number.isMultiple(of: 2) { try? await connection.send("GET /v1/sessions HTTP/1.1\r\nhost: ") }
                silent.append(connection)
            }
            for _ in 0..<5 {
                let status = try await server.get("/v1/sessions?limit=1").status
                #expect(status == 200)
            }
            for connection in silent { try? await connection.close() }
        }
    }

    @Test func whoIsBeingAnsweredStaysWhenThereAreTooMany() async throws {
        try await TestServer.with(change: { $0.limits.connections = 2 }) { server in
            var readers: [RawConnection] = []
            for _ in 0..<2 {
                let reader = try await RawConnection(server.path)
                try await reader.send("GET /v1/events HTTP/1.1\r\nhost: t\r\n\r\n")
                _ = try await reader.read(until: "nfmon-epoch")
                readers.append(reader)
            }
            let late = try await RawConnection(server.path)
            let answer = try RawResponse(parsing: await late.readToEnd())
            #expect(answer.status == 503)
            try server.monitor.play("tcp-snat")
            for reader in readers {
                _ = try await reader.read(until: "session-start")
                try await reader.close()
            }
        }
    }

    @Test(arguments: ["close", "Close", "keep-alive, CLOSE"])
    func whoAsksForTheEndOfTheConnectionGetsIt(_ wish: String) async throws {
        try await TestServer.with { server in
            let connection = try await RawConnection(server.path)
            try await connection.send("GET /v1/sessions HTTP/1.1\r\nhost: t\r\nconnection: \(wish)\r\n\r\n")
            let answer = try RawResponse(parsing: await connection.readToEnd())
            #expect(answer.status == 200)
        }
    }

    /// It knows no chunks, and takes the connection's end for the answer's.
    @Test(arguments: ["", "connection: keep-alive\r\n"])
    func aClientOfTheOldVersionIsAnsweredInIt(_ wish: String) async throws {
        try await TestServer.with { server in
            let whole = try await server.send("GET /v1/sessions?format=ndjson HTTP/1.0\r\n\(wish)\r\n")
            #expect(whole.status == 200)
            #expect(whole["content-length"] == "\(whole.body.utf8.count)")
            let stream = try await server.send("GET /v1/events?after=0&count=3 HTTP/1.0\r\n\(wish)\r\n")
            #expect(stream.status == 200)
            #expect(stream["transfer-encoding"] == nil)
            #expect(stream["content-length"] == nil)
            #expect(stream["connection"] == "close")
            let lines = stream.body.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.map { $0.hasPrefix("{") } == [true, true, true, false])
            #expect(lines.last == "")
        }
    }

    @Test func aRequestThatDoesNotComeWholeIsNotWaitedForLong() async throws {
        try await TestServer.with(change: { $0.limits.idle = 200_000_000 }) { server in
            let connection = try await RawConnection(server.path)
            try await connection.send("GET /v1/sessions HTTP/1.1\r\nhost: ")
            #expect(try await connection.readToEnd().isEmpty)
        }
    }

    @Test func onlyOneServerHasASocket() async throws {
        try await TestServer.with { server in
            await #expect(throws: (any Error).self) {
                try await TestServer.with(change: { $0.socket.path = server.path }) { _ in }
            }
            let status = try await server.get("/v1/sessions").status
            #expect(status == 200)
        }
    }

    @Test func aSocketThatNobodyAnswersOnIsReplacedAndTakenAwayAtTheEnd() async throws {
        let path = "\(NSTemporaryDirectory())nfmon-\(UUID().uuidString.prefix(8)).sock"
        StaleSocket.make(path)
        try await TestServer.with(change: { $0.socket.path = path }) { server in
            let status = try await server.get("/v1/sessions").status
            #expect(status == 200)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o660)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: "\(path).lock"))
    }

    @Test(arguments: ["/dev/null", "/nonexistent/file"])
    func aLockThatLeadsElsewhereIsNotFollowed(_ target: String) async throws {
        let path = "\(NSTemporaryDirectory())nfmon-\(UUID().uuidString.prefix(8)).sock"
        try FileManager.default.createSymbolicLink(atPath: "\(path).lock", withDestinationPath: target)
        defer { try? FileManager.default.removeItem(atPath: "\(path).lock") }
        await #expect {
            try await TestServer.with(change: { $0.socket.path = path }) { _ in }
        } throws: { "\($0)".hasPrefix("lock \(path).lock: ") && "\($0)".contains("remove the file") }
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        let path = "\(NSTemporaryDirectory())nfmon-\(UUID().uuidString.prefix(8)).sock"
        try Data("mine".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        await #expect(throws: (any Error).self) {
            try await TestServer.with(change: { $0.socket.path = path }) { _ in }
        }
        #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
    }

    @Test(arguments: [
        ("127.0.0.1:9465", "127.0.0.1", 9465), ("[::1]:80", "::1", 80), ("0.0.0.0:1", "0.0.0.0", 1),
    ])
    func addressesToListenOnAreRead(_ text: String, _ host: String, _ port: Int) {
        let address = ListenAddress(parsing: text)
        #expect(address?.host == host)
        #expect(address?.port == port)
    }

    @Test(arguments: [
        "", "9465", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "::1:80", "[127.0.0.1]:80", "a.example:80",
    ])
    func whatIsNoAddressIsNone(_ text: String) { #expect(ListenAddress(parsing: text) == nil) }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("[::1]:1", true), ("0.0.0.0:1", false), ("[::]:1", false), ("192.0.2.1:1", false),
    ])
    func onlyLoopbackIsOutOfOthersReach(_ text: String, _ isLoopback: Bool) {
        #expect(ListenAddress(parsing: text)?.isLoopback == isLoopback)
    }
}
