import FlowModel
import Testing
import Wire

/// The decoder against libnetfilter_conntrack, which conntrack(8) reads with: both must say the same of every message.
struct ConntrackOracleTests {
    /// How many messages one seed makes; with the seeds' number, 24,000 altogether.
    private static let messageCount = 2000

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func decoderAndLibraryReadRandomMessagesAlike(seed: UInt64) throws {
        var messages = RandomConntrack(seed: seed)
        for number in 0..<Self.messageCount {
            guard let message = messages.next() else {
                Issue.record("the library does not build message \(number)")
                return
            }
            let sentences = try ConntrackComparison.disagreements(in: message.bytes)
            #expect(sentences.isEmpty, "message \(number)")
            if !sentences.isEmpty { return }
        }
    }
}
