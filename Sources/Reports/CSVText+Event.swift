import FlowModel

extension CSVText {
    /// The columns of the event stream; an event leaves empty what it has no value for.
    public static let eventColumns =
        ["time", "action", "sequence"] + sessionColumns + [
            "end", "end_cause", "earliest_end", "source", "cause", "lost", "rows", "found", "ended", "corrected",
            "complete", "phase", "takes",
        ]

    /// Appends one event of the stream as a row.
    ///
    /// - Parameter ids: of the session that it is about, if it is about one.
    mutating func append(
        _ event: borrowing SessionEvent, _ ids: borrowing CommunityIDTexts, sequence: UInt64, names: NameBook
    ) {
        time(event.time)
        word(event.kind.action.keyword)
        number(sequence)
        switch event.kind {
        case .start, .update, .denied:
            append(event.session, ids, until: nil, names: names)
            skip(Self.endColumnCount + Self.streamColumnCount)
        case .end(let end):
            append(event.session, ids, until: end.time, names: names)
            time(end.time)
            word(end.cause.keyword)
            time(end.earliest)
            skip(Self.streamColumnCount)
        case .loss(let loss): append(loss)
        case .resyncBegan(let cause): append(beginningOf: cause)
        case .resync(let report): append(report)
        case .shed(let subscription): append(subscription)
        }
        endRow()
    }

    private static var endColumnCount: Int { 3 }
    private static var streamColumnCount: Int { 10 }

    /// Of a session's columns a loss has only the beginning of its interval, and the end.
    private mutating func append(_ loss: LossReport) {
        skip(Self.sessionColumns.count - 2)
        time(loss.from)
        skip()
        time(loss.to)
        skip(2)
        word(loss.source)
        word(loss.cause.keyword)
        number(loss.count)
        skip(7)
    }

    private mutating func append(beginningOf cause: DumpStart.Cause) {
        skip(Self.sessionColumns.count + Self.endColumnCount)
        word(Lane.conntrack.keyword)
        word(cause.keyword)
        skip(6)
        word("begin")
        skip()
    }

    private mutating func append(_ subscription: Subscription) {
        skip(Self.sessionColumns.count + Self.endColumnCount)
        word(Lane.conntrack.keyword)
        skip(8)
        word(subscription.keywords.joined(separator: "+"))
    }

    private mutating func append(_ report: ResyncReport) {
        skip(Self.sessionColumns.count - 1)
        number(report.duration)
        skip(Self.endColumnCount)
        word(Lane.conntrack.keyword)
        word(report.cause.keyword)
        skip()
        number(report.rowCount)
        number(report.foundCount)
        number(report.endedCount)
        number(report.correctedCount)
        word(report.isComplete ? "true" : "false")
        word("end")
        skip()
    }
}
