import Comparison
import FlowModel
import Testing

/// Pieces of datagrams that a capture's filter for ports leaves out.
struct LeftOutFragmentTests {
    /// What becomes of ten packets of so many bytes each, of which the captures saw these, all of them fragments or none.
    private static func outcome(
        of length: UInt64, seen: UInt64, fragments: UInt32, gaps: CaptureGaps = .fragments,
        family: AddressFamily = .ipv4
    ) -> ComparisonOutcome {
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = ((10, 0), (seen, 0), (seen, 0))
        if seen == 0 { (builder.first, builder.second) = (nil, nil) }
        if family == .ipv6 {
            builder.key.source = IPAddress(high: 0xfd00_0010_0000_0000, low: 7)
            builder.key.destination = IPAddress(high: 0x2001_0db8_0000_0000, low: 9)
            builder.key.family = .ipv6
        }
        builder.key.transport = .udp
        var compared = builder.compared
        compared.session.record.counters.original.byteCount = 10 * length
        compared.session.taps.first?.original.fragmentCount = fragments
        compared.session.taps.second?.original.fragmentCount = fragments
        compared.gaps = gaps
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        return comparison.conclude()
    }

    @Test func ofPacketsWhoseFirstPiecesPassedTheOthersAreNotMissing() {
        let result = Self.outcome(of: 4000, seen: 10, fragments: 10)
        #expect(Set(result.reasons.keys) == [.fragments])
        #expect(result.sessions.flatMap(\.differences).map(\.byteCount) == [39_000, 39_000])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
        #expect(result.evidence.contains("10 of 10 packets are the first fragments of datagrams"))
        // A filter that asks for no ports lets them all through, and what is no fragment is whole.
        #expect(Set(Self.outcome(of: 4000, seen: 10, fragments: 10, gaps: []).reasons.keys) == [.unexplained])
        #expect(Set(Self.outcome(of: 4000, seen: 10, fragments: 0).reasons.keys) == [.unexplained])
    }

    @Test func ofIPv6NoPieceShowsAPort() {
        for seen: UInt64 in [0, 4] {
            let result = Self.outcome(of: 4000, seen: seen, fragments: 0, family: .ipv6)
            #expect(result.reasons == [.fragments: 10 - seen])
            #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        }
        // What every link takes whole passed elsewhere.
        #expect(Self.outcome(of: 1280, seen: 0, fragments: 0, family: .ipv6).reasons == [.otherInterface: 10])
        #expect(Self.outcome(of: 4000, seen: 0, fragments: 0).reasons == [.otherInterface: 10])
    }
}
