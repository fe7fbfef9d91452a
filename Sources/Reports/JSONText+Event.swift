import FlowModel
import Query

extension JSONText {
    /// Appends one event of the stream as an object.
    ///
    /// - Parameter ids: of the session that it is about, if it is about one.
    mutating func append(
        _ event: borrowing SessionEvent, _ ids: borrowing CommunityIDTexts, sequence: UInt64,
        names: borrowing NameBook
    ) {
        append(words.open)
        append(event.time)
        field(words.action, words.actions[Int(event.kind.action.rawValue)])
        switch event.kind {
        case .start:
            let isInitial = event.session.record.facts.contains(.predatesListener)
            append(event.session, ids, nil, sequence, isInitial: isInitial, names)
        case .update, .denied: append(event.session, ids, nil, sequence, isInitial: false, names)
        case .end(let end): append(event.session, ids, end, sequence, isInitial: false, names)
        case .loss(let loss): append(loss, sequence)
        case .resyncBegan(let cause): append(beginningOf: cause, sequence)
        case .resync(let report): append(report, sequence)
        case .shed(let subscription): append(subscription, sequence)
        }
        closeObject()
        closeObject()
    }

    private mutating func append(
        _ session: borrowing Session, _ ids: borrowing CommunityIDTexts, _ end: SessionEnd?, _ sequence: UInt64,
        isInitial: Bool, _ names: borrowing NameBook
    ) {
        if let end, let duration = session.duration(to: end.time) { field(words.duration, duration) }
        field(words.sequence, sequence)
        if let start = session.start { field(words.start, start) }
        if let end { field(words.end, end.time) }
        appendTraffic(of: session, ids, names: names)
        openNfmon(of: session, ids)
        if isInitial { append(words.initial) }
        if let end {
            field(words.end, words.endCauses[Int(end.cause.rawValue)])
            if let earliest = end.earliest { field(words.earliest, earliest) }
        }
        appendFacts(of: session, names: names)
    }

    private mutating func append(_ loss: LossReport, _ sequence: UInt64) {
        field(words.sequence, sequence)
        field(words.start, loss.from)
        field(words.end, loss.to)
        closeObject()
        append(words.nfmon)
        field(words.lane, ShortText(loss.source.utf8))
        if let cause = loss.cause.shownKeyword { field(words.cause, ShortText(cause.utf8)) }
        if let count = loss.count { field(words.lost, count) }
    }

    private mutating func append(beginningOf cause: DumpStart.Cause, _ sequence: UInt64) {
        field(words.sequence, sequence)
        closeObject()
        append(words.nfmon)
        field(words.lane, ShortText(Lane.conntrack.keyword.utf8))
        field(words.cause, ShortText(cause.keyword.utf8))
        append(words.phaseBegin)
    }

    private mutating func append(_ report: ResyncReport, _ sequence: UInt64) {
        field(words.sequence, sequence)
        field(words.duration, report.duration)
        closeObject()
        append(words.nfmon)
        field(words.lane, ShortText(Lane.conntrack.keyword.utf8))
        field(words.cause, ShortText(report.cause.keyword.utf8))
        append(words.phaseEnd)
        field(words.rows, report.rowCount)
        field(words.found, report.foundCount)
        field(words.ended, report.endedCount)
        field(words.corrected, report.correctedCount)
        if !report.isComplete { append(words.incomplete) }
    }

    private mutating func append(_ subscription: Subscription, _ sequence: UInt64) {
        field(words.sequence, sequence)
        closeObject()
        append(words.nfmon)
        field(words.lane, ShortText(Lane.conntrack.keyword.utf8))
        append(words.taken)
        for keyword in subscription.keywords {
            append(UInt8(ascii: "\""))
            append(word: keyword)
            append(word: "\",")
        }
        // A recording may name none.
        if isLast(UInt8(ascii: ",")) { dropLast() }
        append(UInt8(ascii: "]"))
    }
}
