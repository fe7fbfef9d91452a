import Testing
import Wire

/// Real kernels' messages, read by the decoder and by the library.
@Suite(.enabled(if: !Fixtures.names.isEmpty, "no recordings in Fixtures"))
struct FixtureOracleTests {
    @Test(arguments: Fixtures.names)
    func decoderAndLibraryReadARecordingAlike(name: String) throws {
        for (number, datagram) in try Fixtures.kernelDatagrams(in: name).enumerated() {
            let sentences = try ConntrackComparison.disagreements(in: datagram)
            #expect(sentences.isEmpty, "datagram \(number) of \(name)")
        }
    }
}
