import Dispatch
import FlowModel
import Foundation
import Testing

/// `/v1/sessions`: each parameter, each format.
@Suite(.serialized) struct SessionsPathTests {
    @Test func withoutParametersItAnswersAllSessionsAsJSON() async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/sessions")
            #expect(response.status == 200)
            #expect(response["content-type"] == "application/json")
            #expect(response["content-length"] == "\(response.body.utf8.count)")
            let document = try JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any]
            #expect((document?["sessions"] as? [Any])?.isEmpty == false)
            #expect(document?["summary"] != nil)
        }
    }

    @Test(arguments: [
        ("table", "text/plain; charset=utf-8", false), ("compact", "text/plain; charset=utf-8", true),
        ("json", "application/json", false), ("ndjson", "application/x-ndjson", true),
        ("csv", "text/csv; charset=utf-8; header=present", true),
    ])
    func eachFormatHasItsTypeAndTellsItsSummary(_ format: String, _ type: String, _ isInHeader: Bool) async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/sessions?format=\(format)")
            #expect(response.status == 200)
            #expect(response["content-type"] == type)
            #expect((response["nfmon-summary"] != nil) == isInHeader)
            #expect(!response.body.isEmpty)
        }
    }

    @Test func filterLimitSortAndGroupsAreHeeded() async throws {
        try await TestServer.with { server in
            let all = try await server.get("/v1/sessions?format=ndjson")
            let one = try await server.get("/v1/sessions?format=ndjson&limit=1&sort=dport")
            #expect(one.body.split(separator: "\n").count == 1)
            #expect(all.body.split(separator: "\n").count > 1)
            let none = try await server.get("/v1/sessions?format=ndjson&filter=src%20host%20203.0.113.200")
            #expect(none.status == 200)
            #expect(none.body.isEmpty)
            let groups = try await server.get("/v1/sessions?by=src,dport&having=sessions+%3E+0&format=json")
            #expect(groups.status == 200)
            #expect(groups.body.hasPrefix(#"{"groups":["#))
        }
    }

    @Test func aTableFitsTheWidthThatIsAskedFor() async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/sessions?format=table&width=60")
            #expect(response.body.split(separator: "\n").allSatisfy { $0.count <= 60 })
        }
    }

    @Test func aFilterThatCannotBeReadIsShownWithTheplace() async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/sessions?filter=dport%20%3D%20x")
            #expect(response.status == 400)
            #expect(response["content-type"] == "application/problem+json")
            let problem = try JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any]
            let detail = try #require(problem?["detail"] as? String)
            #expect(detail.hasPrefix("filter: "))
            #expect(detail.hasSuffix("^"))
            #expect(problem?["status"] as? Int == 400)
            let text = try await server.get("/v1/sessions?filter=dport%20%3D%20x", fields: "accept: text/plain\r\n")
            #expect(text["content-type"] == "text/plain; charset=utf-8")
            #expect(text.body == detail + "\n")
        }
    }

    @Test(arguments: [
        ("colour=red", "there are filter, by, having, sort, limit, format, width"),
        ("limit=-1", "give a whole number from 0 to"), ("limit=1e3", "give a whole number"),
        ("limit=99999999999999999999", "give a whole number"), ("width=23", "give a whole number from 24"),
        ("format=xml", "give one of table, compact, json, ndjson, csv"), ("format=", "give one of"),
        ("limit=1&limit=2", "given twice"), ("sort=colour", "colour"), ("having=sessions>1", "by"),
        ("filter=%zz", "percent-encoded"), ("filter=%ff", "percent-encoded"), ("filter=", "1 to 4096"),
        ("by=colour", "by"),
    ])
    func whatIsWrongIsNamed(_ query: String, _ words: String) async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/sessions?\(query)")
            #expect(response.status == 400)
            #expect(response.body.contains(words), "\(response.body)")
        }
    }

    @Test func aFilterTooLongIsRefused() async throws {
        try await TestServer.with { server in
            let filter = String(repeating: "(", count: 4097)
            let status = try await server.get("/v1/sessions?filter=\(filter)").status
            #expect(status == 400)
        }
    }

    @Test func headAnswersWithoutABody() async throws {
        try await TestServer.with { server in
            let response = try await server.get("/v1/sessions?format=csv", method: "HEAD")
            #expect(response.status == 200)
            #expect(response.body.isEmpty)
            #expect(Int(response["content-length"] ?? "") ?? 0 > 0)
        }
    }

    @Test func theMonitorSaysHowItIsWhileGreatQuestionsAreUnderWay() async throws {
        try await TestServer.with { server in
            let (begun, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            server.monitor.beforeAnswer.withLock { action in
                action = {
                    begun.signal()
                    mayEnd.wait()
                }
            }
            var waiting: [RawConnection] = []
            for _ in 0..<4 {
                let connection = try await RawConnection(server.path)
                try await connection.send("GET /v1/sessions HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n")
                waiting.append(connection)
            }
            defer { for _ in waiting { mayEnd.signal() } }
            try await TestServer.waiting { for _ in 0..<2 { begun.wait() } }
            let (status, metrics) = (try await server.get("/v1/status"), try await server.get("/metrics"))
            #expect(status.status == 200)
            #expect(metrics.status == 200)
        }
    }
}
