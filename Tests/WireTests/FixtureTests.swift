import Testing
import Wire

/// Real kernels' messages: all are decoded, and no prefix of one traps.
@Suite(.enabled(if: !Fixtures.names.isEmpty, "no recordings in Fixtures"))
struct FixtureTests {
    @Test(arguments: Fixtures.names)
    func everyMessageOfARealKernelIsDecoded(name: String) throws {
        let datagrams = try Fixtures.kernelDatagrams(in: name)
        var outcome = EveryDecoder.Outcome()
        for datagram in datagrams { EveryDecoder.read(datagram: datagram, &outcome) }
        #expect(outcome.faults.isEmpty)
        #expect(outcome.decodedCount >= datagrams.count)
    }

    /// Some dozen datagrams of a recording, so that a long one does not make a long test.
    @Test(arguments: Fixtures.names)
    func everyPrefixOfARealKernelsMessageIsDecodedOrRejected(name: String) throws {
        let datagrams = try Fixtures.kernelDatagrams(in: name)
        var outcome = EveryDecoder.Outcome()
        for index in stride(from: 0, to: datagrams.count, by: max(1, datagrams.count / 50)) {
            let datagram = datagrams[index].prefix(2048)
            for length in datagram.indices {
                EveryDecoder.read(datagram: Array(datagram.prefix(length)), &outcome)
                EveryDecoder.read(inside: Array(datagram.prefix(length).dropFirst(20)), &outcome)
            }
        }
        #expect(!outcome.faults.isEmpty)
    }
}
