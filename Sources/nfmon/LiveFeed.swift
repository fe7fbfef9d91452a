import FlowModel
import Ingest
import Monitor
import Reports
import Screen
import Sessions

/// What nfmon's own table answers a screen with: the document that a monitor would.
struct LiveFeed: ScreenFeed {
    let live: LiveTable
    let sources: SourceOptions
    let start: Timestamp

    var origin: String { "no monitor: \(live.description)" }

    func document(for question: ScreenQuestion) throws(ScreenFault) -> [UInt8] {
        live.sweep.sweepIfDue()
        let asked: SessionQuestion
        do throws(SessionQuestion.Fault) {
            asked = try SessionQuestion(
                filter: question.filter, by: question.by, having: question.having, sort: question.sort,
                prefersRate: !sources.noConntrack, limit: question.limit, names: live.names)
        } catch { throw ScreenFault(error.description) }
        var answer = asked.answer(from: live.store, live.names, at: .now, seed: LiveTable.seed)
        let completeness = live.completeness
        answer.summary.sufficientBuffer = completeness.sufficientBuffer
        answer.summary.grownBuffer = completeness.grownBuffer
        if !sources.noConntrack {
            answer.summary.eventsWereOff = KernelSettings.eventsMode == 0
            answer.fill = KernelSettings.tableFill()
        }
        answer.watchedSince = start
        // What was said when it began is behind the screen.
        let refusal = live.nflogRefusal.map { "\($0): without it, interfaces and rules are unknown" }
        answer.notes = [refusal].compactMap(\.self) + AnswerNotes.gather(sources)
        var document: [UInt8] = []
        SessionReport(format: .json).append(answer, into: &document)
        return document
    }
}
