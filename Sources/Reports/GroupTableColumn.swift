import FlowModel
import Query

/// A column of the table of groups: what the groups are by, or what they come to.
enum GroupTableColumn: Hashable {
    case key(Int)
    case sessions
    case denied
    case attempts
    case packets
    case sent
    case received
    case bytes
    case rate
    case age

    /// From left to right, behind the columns that the groups are by.
    static let amounts: [GroupTableColumn] = [
        .sessions, .denied, .attempts, .packets, .sent, .received, .bytes, .rate, .age,
    ]

    /// What is left out of a table that is too wide, the least important first.
    static let dispensable: [GroupTableColumn] = [.received, .sent, .packets, .age, .rate, .denied, .attempts]

    func heading(_ grouping: Grouping) -> String {
        switch self {
        case .key(let index): grouping.columns[index].name
        case .sessions: "sessions"
        case .denied: "denied"
        case .attempts: "attempts"
        case .packets: "packets"
        case .sent: "sent"
        case .received: "received"
        case .bytes: "bytes"
        case .rate: "rate"
        case .age: "age"
        }
    }

    /// Whether the column is shown only when a group has something in it.
    var isOptional: Bool { self == .denied || self == .attempts || self == .rate }

    /// Whether it is what the groups are by.
    var isKey: Bool {
        if case .key = self { true } else { false }
    }

    /// Numbers are aligned at their last digit.
    func isNumber(_ grouping: Grouping) -> Bool {
        guard case .key(let index) = self else { return true }
        switch grouping.columns[index].subject {
        case .sourcePort, .destinationPort, .translatedSourcePort, .translatedDestinationPort, .zone, .mark: return true
        default: return false
        }
    }

    /// Appends what the column shows of a group: escaped, nothing where there is nothing to show.
    func appendCell(_ group: SessionGroup, names: NameBook, now: Timestamp, to text: inout [UInt8]) {
        let totals = group.totals
        switch self {
        case .key(let index): group.values[index].append(to: &text, names: names)
        case .sessions: text.appendGrouped(UInt64(totals.sessions.sessionCount))
        case .denied: if totals.deniedCount > 0 { text.appendGrouped(UInt64(totals.deniedCount)) }
        case .attempts:
            guard totals.deniedCount > 0 else { return }
            if totals.attemptsAreLowerBound { text.append(UInt8(ascii: ">")) }
            text.appendGrouped(totals.attemptCount)
        case .packets:
            guard let counters = totals.counters else { return }
            appendMark(totals, to: &text)
            text.appendGrouped(counters.packetCount)
        case .sent: append(totals.counters(of: .original), totals, to: &text)
        case .received: append(totals.counters(of: .reply), totals, to: &text)
        case .bytes: append(totals.counters, totals, to: &text)
        case .rate:
            guard let rate = totals.rate else { return }
            if !totals.isRateWhole { text.append(UInt8(ascii: ">")) }
            text.appendByteCount(rate.byteCount)
            text.append(contentsOf: "/s".utf8)
        case .age:
            guard let start = totals.sessions.earliestStart, let age = UInt64(exactly: now.nanoseconds(since: start))
            else { return }
            text.appendDuration(nanoseconds: age)
        }
    }

    private func append(_ counters: Counters?, _ totals: GroupTotals, to text: inout [UInt8]) {
        guard let counters else { return }
        appendMark(totals, to: &text)
        text.appendByteCount(counters.byteCount)
    }

    private func appendMark(_ totals: GroupTotals, to text: inout [UInt8]) {
        if totals.exactness != .exact { text.append(UInt8(ascii: ">")) }
    }
}
