import Client
import FlowModel
import Foundation
import Testing

/// Asking a monitor as the command line does.
@Suite(.serialized) struct ClientTests {
    private func failure(_ path: String) async throws -> ClientError? {
        try await TestServer.waiting {
            do throws(ClientError) {
                _ = try MonitorClient(address: MonitorAddress(path: path, group: "wheel")).get("/v1/sessions")
                return nil
            } catch { return error }
        }
    }

    @Test func aWholeAnswerComesWithItsSummary() async throws {
        try await TestServer.with { server in
            let client = MonitorClient(address: MonitorAddress(path: server.path))
            let response = try await TestServer.waiting {
                try client.get("/v1/sessions", [("format", "csv"), ("filter", "proto = tcp & dport > 0")])
            }
            #expect(response.head.status == 200)
            #expect(!response.head.summary.isEmpty)
            #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("time,session,"))
        }
    }

    @Test func aRefusalIsTheMonitorsOwnSentence() async throws {
        try await TestServer.with { server in
            let client = MonitorClient(address: MonitorAddress(path: server.path))
            await #expect {
                try await TestServer.waiting { try client.get("/v1/sessions", [("filter", "dport = x")]) }
            } throws: { error in
                (error as? ClientError)?.kind == .refused(status: 400) && "\(error)".contains("filter: ")
            }
        }
    }

    @Test func whereThereIsNoSocketThatIsSaid() async throws {
        let error = try await failure("/nonexistent/nfmon.sock")
        #expect(error?.kind == .absent)
        #expect(error?.description.contains("systemctl start nfmon") == true)
    }

    @Test func whereNobodyAnswersThatIsSaid() async throws {
        let path = "\(NSTemporaryDirectory())nfmon-\(UUID().uuidString.prefix(8)).sock"
        StaleSocket.make(path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let kind = try await failure(path)?.kind
        #expect(kind == .unattended)
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"])
    func whoIsNoMonitorIsToldApart(_ words: String) async throws {
        try await Speaker.with(words) { path in
            let kind = try await failure(path)?.kind
            #expect(kind == .foreign)
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nserver: nfmon/1\r\ncontent-length: 9\r\n\r\nhalf"])
    func anAnswerThatIsCutOffIsToldAsSuch(_ words: String) async throws {
        try await Speaker.with(words) { path in
            let kind = try await failure(path)?.kind
            #expect(kind == .broken)
        }
    }

    @Test func whoSaysNothingIsGivenUpAndToldApart() async throws {
        try await Speaker.with(nil) { path in
            let client = MonitorClient(address: MonitorAddress(path: path))
            for asksForStream in [false, true] {
                let error: ClientError? = try await TestServer.waiting {
                    do throws(ClientError) {
                        if asksForStream {
                            _ = try client.stream("/v1/events", timeout: 50_000_000) {}
                        } else {
                            _ = try client.get("/v1/sessions", silence: 50_000_000)
                        }
                        return nil
                    } catch { return error }
                }
                #expect(error?.kind == .silent)
                #expect(error?.description.contains("has said nothing for 50ms: ") == true)
            }
        }
    }

    @Test func anAnswerThatIsTooLargeOrTooSlowIsGivenUp() async throws {
        try await TestServer.with { server in
            let client = MonitorClient(address: MonitorAddress(path: server.path))
            await #expect(throws: ClientError.self) {
                try await TestServer.waiting { try client.get("/v1/sessions", limit: 10) }
            }
            await #expect(throws: ClientError.self) {
                try await TestServer.waiting { try client.get("/v1/events", timeout: 100_000_000) }
            }
        }
    }

    @Test func aStreamIsTakenAsItComes() async throws {
        try await TestServer.with { server in
            let client = MonitorClient(address: MonitorAddress(path: server.path))
            let (news, wake) = AsyncStream.makeStream(of: Void.self)
            let stream = try await TestServer.waiting {
                try client.stream("/v1/events", [("after", "0"), ("count", "3")]) { wake.yield() }
            }
            #expect(stream.head["nfmon-epoch"] == "0000000000005eed")
            var bytes: [UInt8] = []
            var turns = news.makeAsyncIterator()
            while case .open = stream.take(into: &bytes) { _ = await turns.next() }
            #expect(String(decoding: bytes, as: UTF8.self).split(separator: "\n").count == 3)
        }
    }
}
