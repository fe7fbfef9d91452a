import Reports

/// A whole answer, ready to be sent.
struct APIAnswer: Sendable {
    var status = 200
    var contentType: String
    /// What the format has no place for, a line each.
    var summary: [String] = []
    /// How the monitor's sources are, in a word, where that is what was asked.
    var sources: String?
    var body: [UInt8]
    /// Bytes for which room was taken before it was made.
    var expectedSize = 0
}

extension APIAnswer {
    /// An answer as a report writes it.
    init<Report: AnswerReport>(_ answer: Report.Answer, by report: Report) {
        var (body, summary): ([UInt8], [UInt8]) = ([], [])
        report.append(answer, into: &body)
        if !report.format.carriesSummary { report.appendSummary(of: answer, into: &summary) }
        let lines = summary.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        self.init(contentType: report.format.contentType, summary: lines, body: body)
    }
}
