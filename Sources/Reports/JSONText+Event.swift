import FlowModel
import Query

extension JSONText {
    /// Appends one event of the stream as an object.
    mutating func append(_ event: borrowing SessionEvent, sequence: UInt64, names: NameBook) {
        openObject()
        field("@timestamp", event.time)
        openObject("event")
        field("action", word: event.body.action)
        switch event.body {
        case .start(let session):
            appendEnvelope(of: session, nil, sequence)
            appendTraffic(of: session, names: names)
            openNfmon()
            appendIdentity(of: session)
            if session.record.facts.contains(.predatesListener) { field("initial", true) }
            appendFacts(of: session, names: names)
        case .update(let session), .denied(let session):
            appendEnvelope(of: session, nil, sequence)
            appendTraffic(of: session, names: names)
            openNfmon()
            appendIdentity(of: session)
            appendFacts(of: session, names: names)
        case .end(let session, let end):
            appendEnvelope(of: session, end, sequence)
            appendTraffic(of: session, names: names)
            openNfmon()
            appendIdentity(of: session)
            field("end", word: end.cause.keyword)
            if let earliest = end.earliest { field("earliest", earliest) }
            appendFacts(of: session, names: names)
        case .loss(let loss): append(loss, sequence)
        case .resync(let report): append(report, sequence)
        }
        closeObject()
        closeObject()
    }

    /// What is left of `event` for a session: its duration (only of an ended one), and when it began and ended.
    private mutating func appendEnvelope(of session: borrowing Session, _ end: SessionEnd?, _ sequence: UInt64) {
        if let end, let duration = session.duration(to: end.time) { field("duration", duration) }
        field("sequence", sequence)
        if let start = session.start { field("start", start) }
        if let end { field("end", end.time) }
        closeObject()
    }

    private mutating func append(_ loss: LossReport, _ sequence: UInt64) {
        field("sequence", sequence)
        field("start", loss.from)
        field("end", loss.to)
        closeObject()
        openNfmon()
        field("source", word: loss.source)
        if let cause = loss.cause.shownKeyword { field("cause", word: cause) }
        if let count = loss.count { field("lost", count) }
    }

    private mutating func append(_ report: ResyncReport, _ sequence: UInt64) {
        field("sequence", sequence)
        field("duration", report.duration)
        closeObject()
        openNfmon()
        field("source", word: Lane.conntrack.keyword)
        field("cause", word: report.cause.keyword)
        field("rows", report.rowCount)
        field("found", report.foundCount)
        field("ended", report.endedCount)
        field("corrected", report.correctedCount)
        if !report.isComplete { field("complete", false) }
    }
}
