import FlowModel
import Reports
import Testing

struct LogLineTests {
    private let line = LogLine(
        time: Timestamp(nanoseconds: 1_767_607_872_131_415_000), level: "warning",
        message: "group \u{1b}[31m100\n\"taken\"", details: [("by", "ulogd\u{7}")])

    private func text(_ write: (inout [UInt8]) -> Void) -> String {
        var text: [UInt8] = []
        write(&text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test
    func peopleReadTheTimeTheLevelAndWhatHappened() {
        #expect(
            text { line.append(to: &$0) }
                == "2026-01-05T10:11:12.131Z warning: group \\x1b[31m100\\x0a\"taken\" (by ulogd\\x07)\n")
    }

    @Test
    func theJournalGetsAPriorityInTheirPlace() {
        #expect(
            text { line.append(to: &$0, priority: 4) } == "<4>group \\x1b[31m100\\x0a\"taken\" (by ulogd\\x07)\n")
    }

    @Test
    func programsReadOneObjectALine() {
        #expect(
            text { line.appendJSON(to: &$0) }
                == #"{"@timestamp":"2026-01-05T10:11:12.131415Z","log":{"level":"warning"},"message":"group \u001b[31m100\n\"taken\"","labels":{"by":"ulogd\u0007"}}"#
                + "\n")
    }
}
