import FlowModel
import Query

// A session as one line for people: who, to whom, behind which translation, through which interfaces, under which rule, how
// much. What is unknown is left out; the texts of rules and interfaces are escaped.

extension [UInt8] {
    /// Appends the session, without a line's end.
    ///
    /// - Parameter duration: nanoseconds, `nil` where it is unknown or says nothing.
    mutating func appendCompact(_ session: borrowing Session, duration: UInt64?, names: NameBook) {
        let transportStart = count
        session.record.original.transport.append(to: &self)
        pad(from: transportStart, to: 4)
        append(UInt8(ascii: " "))
        let sourceStart = count
        session.appendSource(to: &self)
        pad(from: sourceStart, to: Self.endpointWidth)
        append(contentsOf: " -> ".utf8)
        let destinationStart = count
        session.appendDestination(to: &self)
        pad(from: destinationStart, to: Self.endpointWidth)
        appendTranslation(of: session.record)
        appendInterfaces(of: session, names)
        if session.nflog != nil { appendRule(of: session, names) }
        appendTotals(of: session)
        if let duration {
            append(UInt8(ascii: " "))
            appendDuration(nanoseconds: duration)
        }
        let known = session.record.stateForPeople
        if let state = known == nil ? session.record.answerState : known {
            append(UInt8(ascii: " "))
            append(contentsOf: state.utf8)
        }
        if let zone = session.zone, zone != 0 {
            append(contentsOf: " zone ".utf8)
            appendDecimal(UInt64(zone))
        }
    }

    /// The longest IPv4 endpoint, `255.255.255.255:65535`.
    private static var endpointWidth: Int { 21 }

    private mutating func appendTranslation(of record: borrowing SessionRecord) {
        if let source = record.translatedSource {
            append(contentsOf: " snat ".utf8)
            source.append(to: &self)
        }
        if let destination = record.translatedDestination {
            append(contentsOf: " dnat ".utf8)
            destination.append(to: &self)
        }
    }

    private mutating func appendInterfaces(of session: borrowing Session, _ names: NameBook) {
        let (ingress, egress) = (session.ingress, session.egress)
        guard ingress != 0 || egress != 0 else { return }
        append(UInt8(ascii: " "))
        session.appendIngress(names, to: &self)
        append(contentsOf: "->".utf8)
        session.appendEgress(names, to: &self)
    }

    /// Rule and verdict.
    private mutating func appendRule(of session: borrowing Session, _ names: NameBook) {
        let rule = session.rule
        if !rule.isNone {
            append(contentsOf: " rule ".utf8)
            TerminalText.append(names.bytes(of: rule), to: &self)
        }
        if let verdict = session.verdict.keyword {
            append(UInt8(ascii: " "))
            append(contentsOf: verdict.utf8)
        }
        appendDenials(of: session, names)
    }

    /// What rules denied of a session that passed; of an attempt, what the rule's name and the totals do not say.
    private mutating func appendDenials(of session: borrowing Session, _ names: NameBook) {
        guard let first = session.denials.first else { return }
        let (rule, verdict, count) = (session.rule, session.verdict, session.denials.count)
        if count > 1 || rule != first.rule || verdict != first.verdict {
            append(contentsOf: " denied".utf8)
            for denial in session.denials {
                append(UInt8(ascii: " "))
                appendDecimal(denial.count)
                append(contentsOf: "p by ".utf8)
                TerminalText.append(names.bytes(of: denial.rule), to: &self)
            }
            if session.denials.otherRuleCount > 0 {
                append(UInt8(ascii: " "))
                appendDecimal(session.denials.otherCount)
                append(contentsOf: "p by ".utf8)
                appendCount(UInt64(session.denials.otherRuleCount), "other rule")
            }
        }
        if let later = session.denials.later {
            append(contentsOf: " later through: session ".utf8)
            appendHexadecimal(later.id.rawValue, width: 16)
        }
    }

    private mutating func appendTotals(of session: borrowing Session) {
        guard let total = session.counters?.total else { return }
        append(UInt8(ascii: " "))
        if session.exactness != .exact { append(UInt8(ascii: ">")) }
        appendByteCount(total.byteCount)
        append(UInt8(ascii: " "))
        appendDecimal(total.packetCount)
        append(UInt8(ascii: "p"))
    }
}

extension SessionRecord {
    /// What conntrack knows of a session instead of TCP's state, in the words of conntrack(8): whether it was answered.
    fileprivate var answerState: String? {
        guard facts.contains(.conntrack), original.transport != .tcp else { return nil }
        if status.contains(.assured) { return "ASSURED" }
        return status.contains(.seenReply) ? "REPLIED" : "UNREPLIED"
    }
}
