import FlowModel
import Ingest
import Monitor
import Query
import Reports
import Sessions

/// A look at what the kernel has: one at conntrack's table, or two with a while between them, in which what captures and rules tell is heard.
struct LiveLook {
    private let sources: SourceOptions
    /// Nanoseconds of the while; `nil` where there is one look only.
    private let pause: UInt64?
    private let live: LiveTable
    private let start = ReceiveTime.now
    private let frameSessionLimit: Int
    /// Nanoseconds that the last look may take where the while was cut short.
    private static let patience: UInt64 = 15_000_000_000

    /// Raised where its user wants to end.
    var stop: Signal { live.stop }

    /// Opens the sources, which leave out what the question does not ask for.
    init(
        _ sources: SourceOptions, for question: SessionQuestion, _ names: NameTable, lasting pause: UInt64?
    ) throws(IngestError) {
        self.sources = sources
        self.pause = pause
        var table = sources.tableConfiguration
        table.tellsEvents = sources.noConntrack
        table.tellsOnlyEnds = true
        var conntrack = ConntrackSource.Configuration()
        conntrack.filter = question.filter.sourceFilter(joinsPackets: !sources.noNFLog)
        table.sourceFilter = conntrack.filter
        conntrack.pace.interval = pause ?? 0
        conntrack.pace.processorShare = 0
        frameSessionLimit = table.maximumFrameSessions
        live = try LiveTable(sources, table, conntrack, names: names)
    }

    /// Waits for what there is to see, and ends. Whoever ends the while before its time is told what there was until then.
    ///
    /// - Returns: `nil` where its user did not wait for it: for the one look at all, or for the last one.
    func answer(to question: SessionQuestion) throws(IngestError) -> SessionAnswer? {
        var ended = EndedSessions(limit: frameSessionLimit)
        wait(&ended)
        let notes = stop.isRaised ? endEarly() : []
        let isGivenUp = stop.isRaised
        if let failure = live.finish() { throw failure }
        guard !isGivenUp else { return nil }
        ended.take(from: live.store)
        var answer = question.answer(
            from: live.store, live.names, at: .now, seed: LiveTable.seed, beside: ended.sessions)
        answer.summary.evictedCount &+= ended.excessCount
        let completeness = live.completeness
        answer.summary.sufficientBuffer = completeness.sufficientBuffer
        answer.summary.grownBuffer = completeness.grownBuffer
        if !sources.noConntrack { answer.fill = KernelSettings.tableFill() }
        guard pause != nil else { return answer }
        // A single look misses nothing by that; what came and went between two of them does.
        if !sources.noConntrack { answer.summary.eventsWereOff = KernelSettings.eventsMode == 0 }
        answer.watchedSince = start.wall
        answer.notes += notes
        return answer
    }

    /// Makes of what was seen until now all that there is to see, by a last look at the table; the user may give up that, too.
    ///
    /// - Returns: what is to be said of it.
    private func endEarly() -> [String] {
        let span = ReceiveTime.now.monotonic &- start.monotonic
        guard let pause, live.failure.first == nil else { return [] }
        guard !sources.noConntrack else {
            stop.lower()
            return Self.notes(after: span, of: pause, hasLooked: true)
        }
        return Self.notes(after: span, of: pause, hasLooked: live.lookLast(within: Self.patience))
    }

    /// What is to be said of a while that somebody ended.
    ///
    /// - Parameters:
    ///   - span: nanoseconds that it took.
    ///   - pause: those that it was to take.
    ///   - hasLooked: the last look came to its end.
    static func notes(after span: UInt64, of pause: UInt64, hasLooked: Bool) -> [String] {
        var notes: [String] = []
        if span < pause {
            var text: [UInt8] = []
            text.appendDuration(nanoseconds: span)
            let took = String(decoding: text, as: UTF8.self)
            notes.append("the interval was cut short: \(took) of \(DurationText.text(nanoseconds: pause))")
        }
        if !hasLooked {
            let patience = DurationText.text(nanoseconds: patience)
            notes.append("conntrack's table could not be looked at again within \(patience): its figures are older")
        }
        return notes
    }

    /// Waits for one look at the table, or for a second one when the while is over.
    private func wait(_ ended: inout EndedSessions) {
        let lookCount: UInt64 = sources.noConntrack ? 0 : pause == nil ? 1 : 2
        let end = start.monotonic &+ (pause ?? 0)
        while !stop.isRaised, live.failure.first == nil {
            let (whole, all) = live.store.withTable { ($0.completeDumpCount, $0.dumpCount) }
            // A table that is never quiet is shown as it is, and the answer says that it is not complete.
            let hasLooked = whole >= lookCount || all >= lookCount + 8
            let now = ReceiveTime.now.monotonic
            if hasLooked, now >= end { return }
            Signal.wait(for: [stop, live.change], timeout: hasLooked ? end - now : nil)
            live.change.lower()
            if sources.noConntrack { ended.take(from: live.store) }
        }
    }
}
