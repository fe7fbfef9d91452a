import FlowModel
import Foundation
import Ingest
import Settings
import Testing

/// Why a server does not listen, as an operator reads it.
@Suite(.serialized) struct ListenTests {
    private func failure(_ path: String, listen: String? = nil) async -> IngestError? {
        do {
            try await TestServer.with(
                [],
                change: { settings in
                    settings.socket.path = path
                    settings.socket.listen = listen
                }
            ) { _ in }
            return nil
        } catch { return error as? IngestError }
    }

    private func freePath() -> String { "\(NSTemporaryDirectory())nfmon-\(UUID().uuidString.prefix(8)).sock" }

    @Test func aDirectoryThatIsMissingIsToBeMade() async {
        let error = await failure("/tmp/nfmon-no-such/x.sock")
        #expect(error?.kind == .unavailable)
        #expect(error?.reason == "no such file or directory")
        #expect(error?.cure.contains("install -d -o \(NSUserName()) /tmp/nfmon-no-such)") == true)
    }

    @Test func aPathThroughAFileIsNoDirectory() async throws {
        let file = freePath()
        try Data().write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(await failure("\(file)/x.sock")?.cure.hasPrefix("\(file) is no directory") == true)
    }

    @Test func anAddressThatIsTakenHasAnOwnerToLookFor() async throws {
        try await TestServer.with([], change: { $0.socket.listen = "127.0.0.1:9461" }) { _ in
            let error = await failure(freePath(), listen: "127.0.0.1:9461")
            #expect(error?.cure.hasPrefix("look who has it (ss -lntp sport = :9461)") == true)
        }
    }

    /// An address of documentation, which no host has (RFC 5737).
    @Test func anAddressOfAnotherHostIsSaidToBeOne() async {
        let error = await failure(freePath(), listen: "192.0.2.77:9461")
        #expect(error?.cure.hasPrefix("it is no address of this host") == true)
        #expect(error?.description.contains("bind(") == false)
    }

    @Test func whoMayNotIsToldWhoMay() {
        let file = IngestError(listeningOnPath: "/run/nfmon/nfmon.sock", errno: EACCES)
        #expect(file.cure.hasPrefix("the directory must belong to the user that nfmon runs as (chown"))
        let port = IngestError(listeningOnAddress: "[::1]:80", errno: EACCES)
        #expect(port.description == "listen on [::1]:80: permission denied: \(port.cure)")
        #expect(port.cure.hasPrefix("a port below 1024 is for root only"))
    }
}
