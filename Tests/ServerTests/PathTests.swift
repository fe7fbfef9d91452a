import FlowModel
import Foundation
import Monitor
import Settings
import Testing

@testable import Server

/// What holds of every path.
@Suite(.serialized) struct PathTests {
    @Test func aPathThatIsNoneIsToldTheOnesThatAre() async throws {
        try await TestServer.with { server in
            for path in ["/", "/v1/session", "/v1/sessions/", "//v1/sessions"] {
                let response = try await server.get(path)
                #expect(response.status == 404)
                #expect(response.body.contains("/v1/sessions, /v1/events"))
            }
        }
    }

    @Test(arguments: APIPath.allCases)
    func otherMethodsAreRefusedAndTheRightOnesNamed(_ path: APIPath) async throws {
        try await TestServer.with { server in
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
                let response = try await server.get(path.rawValue, method: method)
                #expect(response.status == 405)
                #expect(response["allow"] == (path == .events ? "GET" : "GET, HEAD"))
            }
        }
    }

    @Test(arguments: APIPath.allCases)
    func aParameterThatIsNoneIsAnError(_ path: APIPath) async throws {
        try await TestServer.with { server in
            let response = try await server.get("\(path.rawValue)?colour=red")
            #expect(response.status == 400)
            for parameter in path.parameters { #expect(response.body.contains(parameter.name)) }
        }
    }

    @Test func aBodyIsRefused() async throws {
        try await TestServer.with { server in
            let response = try await server.send(
                "GET /v1/sessions HTTP/1.1\r\nhost: t\r\ncontent-length: 4\r\n\r\nbody")
            #expect(response.status == 413)
            let chunked = try await server.send(
                "GET /v1/sessions HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")
            #expect(chunked.status == 413)
        }
    }

    @Test func whatIsNoRequestIsAnsweredAndClosed() async throws {
        try await TestServer.with { server in
            let words = try await server.send("hello\r\n\r\n").status
            #expect(words == 400)
            let field = try await server.send("GET /v1/sessions HTTP/1.1\r\nbad header\r\n\r\n").status
            #expect(field == 400)
        }
    }

    @Test func headerFieldsBeyondTheLimitAreRefused() async throws {
        try await TestServer.with { server in
            let long = try await server.get("/v1/sessions", fields: "x: \(String(repeating: "x", count: 20_000))\r\n")
            #expect(long.status == 431)
            let many = (0..<200).map { "x\($0): y\r\n" }.joined()
            let status = try await server.get("/v1/sessions", fields: many).status
            #expect(status == 431)
            let path = String(repeating: "a", count: 20_000)
            #expect([400, 404, 431].contains(try await server.get("/\(path)").status))
        }
    }

    @Test func requestsBehindEachOtherAreAnsweredInOrder() async throws {
        try await TestServer.with { server in
            let connection = try await RawConnection(server.path)
            try await connection.send(
                "GET /v1/sessions?format=csv&limit=1 HTTP/1.1\r\nhost: t\r\n\r\nGET /nothing HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n"
            )
            let text = String(decoding: try await connection.readToEnd(), as: UTF8.self)
            let first = try #require(text.firstRange(of: "HTTP/1.1 200 OK"))
            let second = try #require(text.firstRange(of: "HTTP/1.1 404 Not Found"))
            #expect(first.lowerBound < second.lowerBound)
        }
    }

    @Test(arguments: ["table", "compact", "json", "ndjson", "csv"])
    func theDoctorAnswersInEachFormat(_ format: String) async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/doctor?format=\(format)")
            #expect(response.status == 200)
        }
    }

    @Test func metricsComeInTheFormatThatIsAskedFor() async throws {
        try await TestServer.with { server in
            let plain = try await server.get("/metrics")
            #expect(plain["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(plain.body.contains("nfmon_"))
            let open = try await server.get("/metrics", fields: "accept: application/openmetrics-text\r\n")
            #expect(open["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(open.body.hasSuffix("# EOF\n"))
        }
    }

    @Test func theNamesInFiltersTakeNoNumberFromTheKernels() async throws {
        try await TestServer.with { server in
            let before = server.monitor.names.snapshot.count
            for number in 0..<50 { _ = try await server.get("/v1/sessions?filter=iif%20=%20name\(number)") }
            #expect(server.monitor.names.snapshot.count == before)
        }
    }
}
