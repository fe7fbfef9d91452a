import Testing

@testable import Server

/// Who may ask over TCP.
@Suite struct OriginTests {
    @Test(arguments: ["127.0.0.1:9465", "localhost:9465", "localhost", "[::1]:9465", "192.0.2.1"])
    func whoNamesAnAddressMayAsk(_ authority: String) {
        #expect(throws: Never.self) { try OriginCheck.check(authority: authority, origin: nil) }
        #expect(throws: Never.self) {
            try OriginCheck.check(authority: authority, origin: "http://\(authority)")
        }
    }

    @Test(arguments: [nil, "", "evil.example:9465", "127.0.0.1.evil.example", "[::1", "localhost.evil.example:9465"])
    func whoNamesAnythingElseMayNot(_ authority: String?) {
        #expect(throws: Problem.self) { try OriginCheck.check(authority: authority, origin: nil) }
    }

    @Test(arguments: ["http://evil.example", "null", "https://127.0.0.1:9465", "http://127.0.0.1:80"])
    func aPageOfAnotherSiteMayNot(_ origin: String) {
        #expect(throws: Problem.self) { try OriginCheck.check(authority: "127.0.0.1:9465", origin: origin) }
    }
}
