import FlowModel
import Foundation
import Monitor
import Settings
import Testing

@testable import Server

/// The description of the interface says what the server does.
@Suite(.serialized) struct OpenAPITests {
    private typealias Object = [String: Any]

    private func document(_ server: TestServer) async throws -> Object {
        let response = try await server.get("/v1/openapi.json")
        #expect(response.status == 200)
        #expect(response["content-type"] == "application/json")
        return try #require(try JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? Object)
    }

    private func operation(_ document: Object, _ path: APIPath, _ method: String = "get") throws -> Object {
        let item = try #require((document["paths"] as? Object)?[path.rawValue] as? Object)
        return try #require(item[method] as? Object)
    }

    @Test func itNamesEachPathMethodAndParameter() async throws {
        try await TestServer.with { server in
            let document = try await document(server)
            #expect(document["openapi"] as? String == "3.1.0")
            #expect(Set((document["paths"] as? Object ?? [:]).keys) == Set(APIPath.allCases.map(\.rawValue)))
            for path in APIPath.allCases {
                for method in path.methods {
                    let operation = try operation(document, path, method.lowercased())
                    let names = (operation["parameters"] as? [Object] ?? []).compactMap { $0["name"] as? String }
                    #expect(names == path.parameters.map(\.name))
                }
            }
        }
    }

    @Test func whatIsAnsweredIsDescribed() async throws {
        try await TestServer.with { server in
            let document = try await document(server)
            let requests: [(APIPath, String)] =
                ["table", "compact", "json", "ndjson", "csv"].flatMap {
                    [(.sessions, "?format=\($0)"), (.doctor, "?format=\($0)")]
                }
                + ["ndjson", "compact", "csv", "json"].map { (.events, "?after=0&count=1&format=\($0)") }
                + [
                    (.openAPI, ""), (.sessions, "?limit=x"), (.events, "?after=1&epoch=12"), (.events, "?after=999999"),
                    (.doctor, "?x=1"), (.metrics, ""), (.metrics, "?x=1"), (.openAPI, "?x=1"),
                ]
            for (path, query) in requests {
                let response = try await server.get(path.rawValue + query)
                let responses = try operation(document, path)["responses"] as? Object
                let described = try #require(responses?["\(response.status)"] as? Object, "\(path) \(response.status)")
                let types = try #require(described["content"] as? Object)
                #expect(types[response["content-type"] ?? ""] != nil, "\(path)\(query)")
            }
        }
    }

    @Test func eachValueThatIsDescribedIsTaken() async throws {
        try await TestServer.with { server in
            for path in APIPath.allCases {
                for parameter in try operation(try await document(server), path)["parameters"] as? [Object] ?? [] {
                    let name = try #require(parameter["name"] as? String)
                    let schema = try #require(parameter["schema"] as? Object)
                    for value in schema["enum"] as? [String] ?? [] {
                        let count = path == .events ? "&after=0&count=1" : ""
                        let response = try await server.get("\(path.rawValue)?\(name)=\(value)\(count)")
                        #expect(response.status == 200)
                    }
                    if let least = schema["minimum"] as? Int, least > 0 {
                        let outcome14 = try await server.get("\(path.rawValue)?\(name)=\(least - 1)").status
                        #expect(outcome14 == 400)
                    }
                    if let greatest = schema["maximum"] as? Int, greatest < Int.max {
                        let outcome15 = try await server.get("\(path.rawValue)?\(name)=\(greatest + 1)").status
                        #expect(outcome15 == 400)
                    }
                }
            }
        }
    }
}
