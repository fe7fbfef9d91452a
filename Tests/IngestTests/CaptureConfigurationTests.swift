import Testing

@testable import Ingest

/// How much memory the rings of a capture take if nobody says it.
struct CaptureConfigurationTests {
    @Test(arguments: [(1, 1, 32), (16, 1, 32), (4, 4, 32), (64, 1, 8), (64, 2, 4), (64, 64, 4)])
    func manyRingsAreSmallerEach(interfaces: Int, shares: Int, mebibytes: Int) {
        var configuration = CaptureSource.Configuration()
        configuration.interfaces = (0..<interfaces).map { "lan\($0)" }
        configuration.shareCount = shares
        #expect(configuration.ringSize == mebibytes << 20)
        configuration.ringByteCount = 1 << 20
        #expect(configuration.ringSize == 1 << 20)
    }
}
