import FlowModel
import Ingest
import Reports
import Sessions

/// Writes the store's events to the standard output, up to a limit.
struct EventPrinter {
    /// Bytes gathered before they are written.
    private static let flushSize = 64 << 10
    private static let gathering = Gathering()
    /// Nanoseconds that a reader which is behind has at the end.
    private static let patience: UInt64 = 1_000_000_000

    let output = OutputStream()
    /// Nanoseconds of the monotonic clock after which a slow reader is not waited for.
    var deadline: UInt64?
    private var report: EventReport
    private var text: [UInt8] = []
    /// Where in the text each of its events ends.
    private var ends: [Int] = []
    private var events: [SessionEvent] = []
    private var left: UInt64?
    /// Events that were written whole.
    private var count: UInt64 = 0
    private var readerIsGone = false
    /// Events that were told and that nobody waits for any more.
    private var abandonedCount: UInt64 = 0

    init(format: EventFormat, limit: UInt64?) {
        report = EventReport(format: format)
        left = limit
    }

    /// Waits for more where the last ``drain(_:names:unless:)`` had so much to do that the next one had better have it, too.
    func gather(unless stop: Signal) {
        guard Self.gathering.isDue(after: events.count) else { return }
        Signal.wait(for: [stop], timeout: Self.gathering.nanoseconds)
    }

    /// In words: how many events were written.
    var deed: String { count == 1 ? "1 event" : "\(count) events" }

    /// Tells the summary of a table what of it was not written.
    func conclude(_ summary: inout TableSummary) {
        if !readerIsGone { summary.unwrittenEvents += abandonedCount + UInt64(ends.count) }
    }

    /// Writes what the format has in front of the first event.
    mutating func begin() throws(IngestError) {
        report.begin(into: &text)
        _ = try flush(unless: nil)
    }

    /// Writes the events that wait in the store.
    ///
    /// - Returns: whether more are wanted: the limit is not reached, the reader is there, neither the stop signal nor the
    ///   deadline has come.
    mutating func drain(_ store: SessionStore, names: NameTable, unless stop: Signal?) throws(IngestError) -> Bool {
        var sequence = store.takeEvents(into: &events)
        let book = NameBook(names: names.snapshot, interfaces: store.withTable { $0.interfaceNames })
        for index in events.indices {
            if left == 0 || readerIsGone { return false }
            report.append(events[index], sequence: sequence, names: book, into: &text)
            ends.append(text.count)
            sequence &+= 1
            left = left.map { $0 - 1 }
            if text.count >= Self.flushSize, try !flush(unless: stop) {
                abandonedCount += UInt64(events.count - index - 1)
                return false
            }
        }
        return try flush(unless: stop) && left != 0
    }

    /// From now on a reader that is behind gets a second.
    mutating func allowPatience() { deadline = ReceiveTime.now.monotonic &+ Self.patience }

    /// Writes what is left, and what the format has behind the last event; a reader that is behind gets a second.
    mutating func end(_ store: SessionStore) throws(IngestError) {
        if left != 0 {
            _ = store.takeEvents(into: &events)
            abandonedCount += UInt64(events.count)
        }
        report.end(into: &text)
        allowPatience()
        _ = try flush(unless: nil)
    }

    private mutating func flush(unless stop: Signal?) throws(IngestError) -> Bool {
        guard !readerIsGone else { return false }
        let gathered = text.count
        let outcome = try output.write(&text, unless: stop, until: deadline)
        let written = gathered - text.count
        let whole = ends.firstIndex { $0 > written } ?? ends.count
        count += UInt64(whole)
        ends.removeFirst(whole)
        for index in ends.indices { ends[index] -= written }
        readerIsGone = outcome == .readerIsGone
        return outcome == .written
    }
}
