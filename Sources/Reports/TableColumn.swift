import FlowModel
import Query

/// The columns of the table of sessions, from left to right.
enum TableColumn: Int, CaseIterable {
    case transport
    case source
    case destination
    case translation
    case ingress
    case egress
    case rule
    case verdict
    case zone
    case state
    case packets
    case bytes
    case rate
    case age

    var heading: String {
        switch self {
        case .transport: "proto"
        case .source: "source"
        case .destination: "destination"
        case .translation: "nat"
        case .ingress: "in"
        case .egress: "out"
        case .rule: "rule"
        case .verdict: "verdict"
        case .zone: "zone"
        case .state: "state"
        case .packets: "packets"
        case .bytes: "bytes"
        case .rate: "rate"
        case .age: "age"
        }
    }

    /// Numbers are aligned at their last digit.
    var isNumber: Bool {
        switch self {
        case .packets, .bytes, .rate, .age, .zone: true
        default: false
        }
    }

    /// Whether the column is shown only when a session has something in it.
    var isOptional: Bool {
        switch self {
        case .translation, .ingress, .egress, .rule, .verdict, .zone, .state, .rate: true
        default: false
        }
    }

    /// What is left out of a table that is too wide, the least important first. Who talks to whom and how much is never.
    static let dispensable: [TableColumn] = [
        .rate, .packets, .age, .state, .zone, .egress, .ingress, .verdict, .rule, .translation, .transport,
    ]

    /// Appends what the column shows of a session: escaped, nothing where there is nothing to show.
    func appendCell(_ session: borrowing Session, _ answer: borrowing SessionAnswer, to text: inout [UInt8]) {
        switch self {
        case .transport: session.record.original.transport.append(to: &text)
        case .source: session.appendSource(to: &text)
        case .destination: session.appendDestination(to: &text)
        case .translation: appendTranslation(of: session.record, to: &text)
        case .ingress: session.appendIngress(answer.names, to: &text)
        case .egress: session.appendEgress(answer.names, to: &text)
        case .rule:
            TerminalText.append(answer.names.bytes(of: session.rule), to: &text)
        case .verdict: text.append(contentsOf: (session.verdict.keyword ?? "").utf8)
        // Nearly everybody has zone 0 only.
        case .zone: if let zone = session.zone, zone != 0 { text.appendDecimal(UInt64(zone)) }
        case .state:
            if let state = session.record.stateForPeople { text.append(contentsOf: state.utf8) }
        case .packets:
            appendMark(session.exactness, to: &text)
            if let counters = session.counters { text.appendGrouped(counters.total.packetCount) }
        case .bytes:
            appendMark(session.exactness, to: &text)
            if let counters = session.counters { text.appendByteCount(counters.total.byteCount) }
        case .rate:
            guard let rate = session.bytesPerSecond else { return }
            text.appendByteCount(rate)
            text.append(contentsOf: "/s".utf8)
        case .age:
            if let age = session.duration(to: answer.now) { text.appendDuration(nanoseconds: age) }
        }
    }

    private func appendMark(_ exactness: Exactness, to text: inout [UInt8]) {
        if exactness == .lowerBound || exactness == .frozen { text.append(UInt8(ascii: ">")) }
    }

    /// `192.0.2.1:51514` for a translated source, `->10.0.0.5:80` for a translated destination, one after the other for
    /// both.
    private func appendTranslation(of record: borrowing SessionRecord, to text: inout [UInt8]) {
        record.translatedSource?.append(to: &text)
        guard let destination = record.translatedDestination else { return }
        text.append(contentsOf: "->".utf8)
        destination.append(to: &text)
    }
}
