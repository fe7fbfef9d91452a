import Client
import FlowModel
import Foundation
import Monitor
import Settings
import Testing

/// `/v1/events`: where a reader begins and ends, and what it gets.
@Suite(.serialized) struct EventsPathTests {
    private func sequences(_ body: String) throws -> [Int] {
        try body.split(separator: "\n").map { line in
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require((event?["event"] as? [String: Any])?["sequence"] as? Int)
        }
    }

    @Test func aReaderGetsWhatComesInOrder() async throws {
        try await TestServer.with([]) { server in
            let connection = try await RawConnection(server.path)
            try await connection.send("GET /v1/events?count=5 HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n")
            _ = try await connection.read(until: "nfmon-epoch: 0000000000005eed")
            try server.monitor.play("tcp-snat")
            // The head was read before.
            let text = String(decoding: try await connection.readToEnd(), as: UTF8.self)
            #expect(try sequences(RawResponse.joined(text[...])) == [0, 1, 2, 3, 4])
        }
    }

    @Test func aReaderThatComesBackGoesOnBehindItsNumber() async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/events?after=2&epoch=0000000000005eed&count=3")
            #expect(response.status == 200)
            #expect(response["content-type"] == "application/x-ndjson")
            #expect(try sequences(response.body) == [3, 4, 5])
        }
    }

    @Test func aNumberOfAnotherStartIsGone() async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/events?after=2&epoch=1234")
            #expect(response.status == 410)
            #expect(response.body.contains("0000000000005eed"))
        }
    }

    @Test func aNumberThatNoEventHasIsAnError() async throws {
        try await TestServer.with { server in
            let status = try await server.get("/v1/events?after=1000000").status
            #expect(status == 400)
        }
    }

    @Test func whatIsNoLongerKeptIsToldAsALossWithItsCount() async throws {
        try await TestServer.with(["dump", "denied", "zones", "tcp-snat"], history: 1) { server in
            let response = try await server.get("/v1/events?after=0&count=1")
            #expect(response.body.contains(#""action":"loss""#))
            #expect(response.body.contains(#""source":"output""#))
            let next = server.monitor.stream.status.oldestSequence
            #expect(response.body.contains(#""lost":\#(next - 1)"#))
        }
    }

    @Test func theSessionsThatAreThereComeFirstWhereWanted() async throws {
        try await TestServer.with(["dump"]) { server in
            let response = try await server.get("/v1/events?initial=true&count=2")
            #expect(response.body.split(separator: "\n").allSatisfy { $0.contains(#""action":"session-start""#) })
        }
    }

    @Test(arguments: [
        ("ndjson", "application/x-ndjson"), ("compact", "text/plain; charset=utf-8"),
        ("csv", "text/csv; charset=utf-8; header=present"), ("json", "application/json"),
    ])
    func eachFormatEndsAsItShould(_ format: String, _ type: String) async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/events?after=0&count=4&format=\(format)")
            #expect(response["content-type"] == type)
            switch format {
            case "json": #expect(try JSONSerialization.jsonObject(with: Data(response.body.utf8)) is [Any])
            case "csv": #expect(response.body.split(separator: "\n").count == 5)
            // A dump's end takes two of its lines.
            case "compact": #expect(response.body.split(separator: "\n").count >= 4)
            default: #expect(response.body.split(separator: "\n").count == 4)
            }
        }
    }

    @Test func aFilterChooses() async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/events?after=0&count=4&filter=denied")
            let lines = response.body.split(separator: "\n")
            #expect(lines.count == 4)
            // What is about no session is told to everybody.
            #expect(lines.allSatisfy { $0.contains("session-denied") || !$0.contains("session-") })
            #expect(response.body.contains("session-denied"))
        }
    }

    @Test func silenceIsToldWithTheNumberToGoOnBehind() async throws {
        try await TestServer.with { server in
            let connection = try await RawConnection(server.path)
            try await connection.send("GET /v1/events?heartbeat=1s HTTP/1.1\r\nhost: t\r\n\r\n")
            let text = try await connection.read(until: "heartbeat")
            let last = server.monitor.stream.status.nextSequence - 1
            #expect(text.contains(#""event":{"action":"heartbeat","sequence":\#(last)},"nfmon":{"schema":1}}"#))
            try await connection.close()
        }
    }

    @Test(arguments: [
        "after=x", "after=1&initial=true", "epoch=12", "heartbeat=soon", "heartbeat=0s", "heartbeat=5s&format=csv",
        "count=0", "format=table", "initial=yes", "filter=src+net",
    ])
    func whatIsWrongIsAnError(_ query: String) async throws {
        try await TestServer.with { server in
            let status = try await server.get("/v1/events?\(query)").status
            #expect(status == 400)
        }
    }

    @Test func nothingFollowsAStreamOnItsConnection() async throws {
        try await TestServer.with { server in
            let ask = "GET /v1/events?after=0&count=1 HTTP/1.1\r\nhost: t\r\n\r\n"
            // It comes to an end though nobody asked for that.
            let response = try await server.send(ask + ask)
            #expect(response["connection"] == "close")
            #expect(try sequences(response.body) == [1])
        }
    }

    @Test func aStreamHasNoHead() async throws {
        try await TestServer.with { server in
            let status = try await server.get("/v1/events", method: "HEAD").status
            #expect(status == 405)
        }
    }

    @Test func oneReaderTooManyIsToldToComeBack() async throws {
        try await TestServer.with(change: { $0.limits.eventReaders = 1 }) { server in
            let first = try await RawConnection(server.path)
            try await first.send("GET /v1/events HTTP/1.1\r\nhost: t\r\n\r\n")
            _ = try await first.read(until: "nfmon-epoch")
            let second = try await server.get("/v1/events")
            #expect(second.status == 503)
            #expect(second["retry-after"] == "1")
            let client = MonitorClient(address: MonitorAddress(path: server.path))
            await #expect {
                try await TestServer.waiting { try client.stream("/v1/events") {} }
            } throws: { ($0 as? ClientError)?.kind == .busy(pause: 1_000_000_000) }
            try await first.close()
        }
    }

    @Test func aStreamEndsInOrderWhenTheServerStops() async throws {
        try await TestServer.with { server in
            let connection = try await RawConnection(server.path)
            try await connection.send("GET /v1/events?format=json&after=0 HTTP/1.1\r\nhost: t\r\n\r\n")
            _ = try await connection.read(until: "session-")
            try await server.stop()
            let rest = String(decoding: try await connection.readToEnd(), as: UTF8.self)
            #expect(rest.hasSuffix("0\r\n\r\n"))
        }
    }
}
