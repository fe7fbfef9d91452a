import Comparison
import FlowModel
import Query

/// Writes sessions that differ as a table, the lanes side by side; below each its reasons with what shows them, once for those that
/// follow each other and have the same.
struct ComparisonTableText {
    let sessions: ArraySlice<ComparedSession>
    let result: ComparisonOutcome

    private static let headings = ["PROTO", "SOURCE", "DESTINATION", "CONNTRACK", "NFLOG", "CAPTURE", "SEEN", "WHY"]
    /// Columns of numbers, which are aligned at their ends.
    private static let numbers = 3...5

    func append(to text: inout [UInt8]) {
        guard !sessions.isEmpty else { return }
        let rows = sessions.map(cells)
        var widths = Self.headings.map(\.utf8.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], TerminalText.width(of: cell)) }
        }
        append(Self.headings.map { Array($0.utf8) }, widths, to: &text)
        var (explanation, count) = ([UInt8](), 0)
        for (row, session) in zip(rows, sessions) {
            let next = Self.explanation(of: session)
            if next != explanation { Self.append(&explanation, &count, to: &text) }
            (explanation, count) = (next, count + 1)
            append(row, widths, to: &text)
        }
        Self.append(&explanation, &count, to: &text)
    }

    /// A line for each difference.
    private static func explanation(of session: ComparedSession) -> [UInt8] {
        var text: [UInt8] = []
        for difference in session.foldedDifferences {
            text.append(contentsOf: "  ".utf8)
            text.append(difference)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// Appends what is to be said of the last sessions, all of them the same.
    private static func append(_ explanation: inout [UInt8], _ count: inout Int, to text: inout [UInt8]) {
        if count > 1 {
            text.append(contentsOf: "  each of these ".utf8)
            text.appendGrouped(UInt64(count))
            text.append(contentsOf: ":\n".utf8)
        }
        text.append(contentsOf: explanation)
        (explanation, count) = ([], 0)
    }

    private func append(_ cells: [[UInt8]], _ widths: [Int], to text: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { text.appendSpaces(TableLayout.gap) }
            text.append(cell, in: widths[index], isNumber: Self.numbers.contains(index))
        }
        text.endTableLine()
    }

    private func cells(_ compared: ComparedSession) -> [[UInt8]] {
        let session = compared.session
        var cells: [[UInt8]] = []
        func cell(_ write: (inout [UInt8]) -> Void) {
            var cell: [UInt8] = []
            write(&cell)
            cells.append(cell.isEmpty ? [UInt8(ascii: "-")] : cell)
        }
        cell { session.record.original.transport.append(to: &$0) }
        cell { session.appendSource(to: &$0) }
        cell { session.appendDestination(to: &$0) }
        for lane in [Lane.conntrack, .nflog, .packet] {
            cell { if let total = compared.counters(of: lane)?.total { $0.appendTotals(total) } }
        }
        cell {
            let packets = compared.times(of: .packet)
            let times = packets.first == nil ? compared.times(of: .conntrack) : packets
            guard let last = times.last else { return }
            if let first = times.first {
                $0.appendTimeOfDay(first, fractionDigits: 3)
                $0.append(UInt8(ascii: "-"))
            }
            $0.appendTimeOfDay(last, fractionDigits: 3)
        }
        cell { $0.append(contentsOf: compared.reasons.map(\.rawValue).joined(separator: ", ").utf8) }
        return cells
    }
}

extension [UInt8] {
    /// Appends `61p 47.1KiB`.
    mutating func appendTotals(_ counters: Counters) {
        appendDecimal(counters.packetCount)
        append(contentsOf: "p ".utf8)
        appendByteCount(counters.byteCount)
    }

    /// Appends a difference as a sentence: where, how much, why, and what shows it.
    fileprivate mutating func append(_ folded: FoldedDifference) {
        let difference = folded.difference
        let way = folded.isBothWays ? "both ways" : difference.direction == .original ? "there" : "back"
        append(contentsOf: "\(way): \(difference.more.rawValue) has ".utf8)
        if difference.packetCount > 0 {
            appendCount(difference.packetCount, "packet")
            if difference.byteCount > 0 {
                append(contentsOf: difference.knowsBytes ? " (".utf8 : " (about ".utf8)
                appendByteCount(difference.byteCount)
                append(UInt8(ascii: ")"))
            }
        } else {
            appendByteCount(difference.byteCount)
        }
        append(contentsOf: " more than \(difference.fewer.rawValue): \(difference.reason.rawValue): ".utf8)
        TerminalText.append(Array(difference.evidence.joined(separator: "; ").utf8), to: &self)
    }

    /// Appends a session that differs as one line.
    mutating func appendComparedLine(_ compared: ComparedSession, _ result: ComparisonOutcome) {
        let start = count
        compared.session.record.original.transport.append(to: &self)
        pad(from: start, to: 4)
        append(UInt8(ascii: " "))
        compared.session.appendSource(to: &self)
        append(contentsOf: " -> ".utf8)
        compared.session.appendDestination(to: &self)
        for lane in [Lane.conntrack, .nflog, .packet] {
            append(contentsOf: " \(lane.title) ".utf8)
            if let total = compared.counters(of: lane)?.total {
                appendTotals(total)
            } else {
                append(UInt8(ascii: "-"))
            }
        }
        for difference in compared.foldedDifferences {
            append(contentsOf: "; ".utf8)
            append(difference)
        }
        append(UInt8(ascii: "\n"))
    }
}
