import FlowModel
import Reports
import Testing

/// The last line of an answer: what was lost, and what helps.
struct CompletenessTests {
    private func line(_ summary: TableSummary) -> String {
        var text: [UInt8] = []
        SummaryText.appendCompleteness(of: summary, since: nil, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test
    func packetsThatWereCutSayWhatHasThemWhole() {
        var summary = TableSummary()
        summary.malformedCounts.packet = 3
        summary.faultCounts = [.packetCut: 3]
        #expect(
            line(summary) == """
                INCOMPLETE: 3 packets of the capture malformed (packet-cut 3: packets were cut within their headers, a longer \
                --snaplen has them whole)

                """)
    }

    @Test
    func onlyACaptureHasASnapLength() {
        var summary = TableSummary()
        summary.malformedCounts.nflog = 1
        summary.faultCounts = [.packetCut: 1]
        #expect(line(summary) == "INCOMPLETE: 1 message of nflog malformed (packet-cut 1)\n")
    }
}
