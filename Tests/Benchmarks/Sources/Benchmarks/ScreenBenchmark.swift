import FlowModel
import Query
import Reports
import Screen
import Sessions

/// What drawing the live screen anew costs: the answer, its document, reading that, and what the terminal gets.
enum ScreenBenchmark {
    /// Nanoseconds for a refresh with 100,000 sessions.
    private static let refreshGoal = 50e6
    private static let capabilities = ScreenCapabilities(hasColour: true, hasUTF8: true)

    static func group(sessionCount: Int) -> Group {
        let filled = FilledTable(Population(count: sessionCount, translation: .third))
        let now = Timestamp(nanoseconds: 1_767_607_300_000_000_000)
        func document(_ question: ScreenQuestion) -> [UInt8] {
            var selection = TopSelection(limit: question.limit, by: .byteRate, now: now)
            filled.table.forEach { selection.consider($0) }
            let answer = SessionAnswer(
                sessions: selection.ranked(), summary: filled.table.completeness,
                names: NameBook(names: NameTable().snapshot, interfaces: [:]), now: now)
            var text: [UInt8] = []
            SessionReport(format: .json).append(answer, into: &text)
            return text
        }
        func refresh(_ columns: Int, _ rows: Int, goal: Double?) -> Benchmark {
            let setup = ScreenState.Setup(
                origin: "conntrack", interval: 2_000_000_000, lanes: Set(Lane.netfilter),
                question: ScreenQuestion(limit: .max))
            var state = ScreenState(setup, columns: columns, rows: rows)
            var painter = ScreenPainter(capabilities)
            var time: UInt64 = 0
            return Benchmark("a refresh of \(columns)x\(rows)", goal: goal) { stopwatch in
                stopwatch.measure {
                    let inquiry = state.inquiry
                    time += 2_000_000_000
                    state.take(
                        ScreenReply(inquiry: inquiry, document: .success(document(inquiry.question))), at: time)
                    var bytes: [UInt8] = []
                    // As if every line had changed.
                    painter.forget()
                    painter.paint(state.frame(capabilities), columns: columns, into: &bytes)
                    keep(bytes.count)
                    return 1
                }
            }
        }
        return Group(
            name: "The screen of \(sessionCount) sessions", unit: "refresh",
            benchmarks: [
                Benchmark("the answer alone", isReference: true) { stopwatch in
                    stopwatch.measure {
                        keep(document(ScreenQuestion(limit: 18)).count)
                        return 1
                    }
                },
                refresh(80, 24, goal: refreshGoal), refresh(300, 60, goal: refreshGoal),
            ])
    }
}
