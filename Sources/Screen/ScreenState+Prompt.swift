import FlowModel
import Query

// What the user writes, and whether it can be used. What cannot leaves everything as it was.

extension ScreenState {
    mutating func begin(_ kind: ScreenPrompt.Kind, _ text: String) -> ScreenAction {
        prompt = ScreenPrompt(kind: kind, editor: LineEditor(text))
        return .draw
    }

    mutating func takeInPrompt(_ key: Key) -> ScreenAction {
        switch key {
        case .escape:
            prompt = nil
            return .draw
        case .enter: return submit()
        default:
            let before = prompt?.editor.text
            _ = prompt?.editor.take(key)
            if prompt?.editor.text != before { prompt?.complaint = [] }
            return .draw
        }
    }

    private mutating func submit() -> ScreenAction {
        guard let prompt else { return .draw }
        var question = question
        do throws(Complaint) {
            try apply(prompt.editor.text.trimmed, prompt.kind, to: &question)
        } catch {
            self.prompt?.complaint = error.lines
            return .draw
        }
        self.prompt = nil
        return change(to: question)
    }

    /// Why something cannot be used.
    private struct Complaint: Error {
        var lines: [String]

        init(_ sentence: String) { lines = [sentence] }

        init(_ error: FilterError) { lines = error.description.split(separator: "\n").map(String.init) }
    }

    private func apply(_ text: String, _ kind: ScreenPrompt.Kind, to question: inout ScreenQuestion) throws(Complaint) {
        switch kind {
        case .filter:
            try check(filter: text)
            question.filter = text
        case .by: try group(by: text, &question)
        case .sort: try sort(by: text, &question)
        }
    }

    private func check(filter text: String) throws(Complaint) {
        let filter: SessionFilter
        do throws(FilterError) { filter = try SessionFilter(parsing: text, names: NameTable()) } catch {
            throw Complaint(error)
        }
        let capture = setup.lanes.contains(.packet)
        if !setup.lanes.contains(.nflog), filter.asksForPackets(besideCapture: capture) {
            throw Complaint(
                "filter: \(capture ? "" : "interfaces, ")rules and verdicts come from NFLOG, which --no-nflog leaves out."
            )
        }
        if !setup.lanes.contains(.conntrack), filter.asksForConntrack {
            throw Complaint(
                "filter: zone, mark, state, status and translation come from conntrack, which --no-conntrack leaves out."
            )
        }
    }

    private func group(by text: String, _ question: inout ScreenQuestion) throws(Complaint) {
        guard text != question.by else { return }
        // What chose the old groups, and ordered them, says nothing of the new ones.
        (question.having, question.sort) = (nil, nil)
        guard !text.isEmpty else { return question.by = nil }
        do throws(FilterError) {
            let grouping = try Grouping(parsing: text)
            let capture = setup.lanes.contains(.packet)
            if !setup.lanes.contains(.nflog), grouping.asksForPackets(besideCapture: capture) {
                throw FilterError(
                    title: "--by", text: text, offset: 0,
                    reason:
                        "\(capture ? "" : "interfaces, ")rules and verdicts come from NFLOG, which --no-nflog leaves out"
                )
            }
        } catch { throw Complaint(error) }
        question.by = text
    }

    private func sort(by text: String, _ question: inout ScreenQuestion) throws(Complaint) {
        guard !text.isEmpty else { return question.sort = nil }
        do throws(UnknownSortKey) {
            if let by = question.by, let grouping = try? Grouping(parsing: by) {
                _ = try GroupSortKey(parsing: text, grouping: grouping)
            } else {
                _ = try SortKey(parsing: text)
            }
        } catch { throw Complaint("\(error)") }
        question.sort = text.lowercased()
    }
}
