import FlowModel
import Ingest
import Reports
import Sessions

/// Writes the store's events to the standard output, up to a limit.
struct EventPrinter {
    /// Bytes gathered before they are written.
    private static let flushSize = 64 << 10

    let output = OutputStream()
    private var report: EventReport
    private var text: [UInt8] = []
    private var events: [SessionEvent] = []
    private var left: UInt64?
    private var count: UInt64 = 0
    private var readerIsGone = false

    init(format: EventFormat, limit: UInt64?) {
        report = EventReport(format: format)
        left = limit
    }

    /// How many events were written.
    var summary: String { count == 1 ? "1 event" : "\(count) events" }

    /// Writes what the format has in front of the first event.
    mutating func begin() throws(IngestError) {
        report.begin(into: &text)
        _ = try flush(unless: nil)
    }

    /// Writes the events that wait in the store.
    ///
    /// - Returns: whether more are wanted: the limit is not reached, the reader is there, the stop signal is down.
    mutating func drain(_ store: SessionStore, names: NameTable, unless stop: Signal?) throws(IngestError) -> Bool {
        var sequence = store.takeEvents(into: &events)
        let book = NameBook(names: names.snapshot, interfaces: store.withTable { $0.interfaceNames })
        for event in events {
            if left == 0 || readerIsGone { return false }
            report.append(event, sequence: sequence, names: book, into: &text)
            sequence &+= 1
            count += 1
            left = left.map { $0 - 1 }
            if text.count >= Self.flushSize, try !flush(unless: stop) { return false }
        }
        return try flush(unless: stop) && left != 0
    }

    /// Writes what the format has behind the last event.
    mutating func end() throws(IngestError) {
        report.end(into: &text)
        _ = try flush(unless: nil)
    }

    private mutating func flush(unless stop: Signal?) throws(IngestError) -> Bool {
        guard !readerIsGone else { return false }
        let outcome = try output.write(text, unless: stop)
        text.removeAll(keepingCapacity: true)
        readerIsGone = outcome == .readerIsGone
        return outcome == .written
    }
}
