import Comparison
import FlowModel
import Ingest
import Sessions

/// A comparison of savefiles of one period, read side by side in the order of their times.
final class RecordedComparison {
    private let stop: Signal
    private let names = NameTable()
    private let lanes: Set<Lane>
    private let store: SessionStore
    private var files: [RecordedFile] = []
    private var intake: ComparisonIntake
    /// From the first to the last word of each lane, and when the last word of all came.
    private var spans: [Lane: ClosedRange<Timestamp>] = [:]
    private var last: Timestamp?
    private var clock = RecordingClock()
    /// The lanes of which anything was told.
    private var found: Set<Lane> = []

    /// - Throws: where a file cannot be read, or is no savefile.
    init(_ paths: [String], _ options: SourceOptions, unless stop: Signal) throws(IngestError) {
        self.stop = stop
        lanes = options.lanes(of: true)
        // Files wait for their reader: no event is lost.
        var table = options.tableConfiguration
        table.hasTaps = true
        store = SessionStore(configuration: table, seed: LiveTable.seed, queueLimit: .max)
        let facts = ComparisonFacts(start: .distantFuture, end: .distantFuture, lanes: lanes)
        let filter = try options.capture.expression.map { text throws(IngestError) in try TupleFilter(text) }
        intake = ComparisonIntake(
            facts, names: NameBook(names: names.snapshot, interfaces: InterfaceNames()), filter: filter)
        for path in paths {
            do throws(IngestError) {
                files.append(
                    try RecordedFile(
                        path, names: names, lanes: lanes, frames: options.capture.expression ?? "", unless: stop))
            } catch {
                throw Self.explained(error, of: path, paths)
            }
        }
    }

    /// Of a word that is no file, it may be a filter's.
    private static func explained(_ error: IngestError, of path: String, _ paths: [String]) -> IngestError {
        guard error.kind == .noSuchFile, error.cure.isEmpty, path != paths.first else { return error }
        var error = error
        error.cure = "all words behind -r are files: a filter stands in front of it, or behind --"
        return error
    }

    /// Takes in all files.
    ///
    /// - Returns: what damage there is; what came before it was taken in.
    func run() throws(IngestError) -> IngestError? {
        for file in files { advance(file) }
        while !stop.isRaised, let file = files.filter({ $0.isOpen }).min(by: { $0.time < $1.time }) {
            if !file.observations.isEmpty { note(file) }
            let interface = file.hasUnnamedFrames ? name(file) : nil
            _ = store.take(file.observations(naming: interface), at: clock.time(at: file.time))
            intake.drain(store, at: file.time)
            advance(file)
        }
        if let last { store.finish(at: ReceiveTime(wall: last, monotonic: clock.monotonic)) }
        intake.drain(store, at: last ?? .distantFuture)
        intake.addLiving(of: store)
        return files.lazy.compactMap(\.damage).first
    }

    private func advance(_ file: RecordedFile) {
        file.advance()
        if let filters = file.takeFilters() { intake.note(filters) }
    }

    /// Gives a file's frames an interface where they name none: that of a file which has ended before, as rotation leaves them; else
    /// one of its own, by its own name, as its packets are seen at another place.
    ///
    /// - Returns: the name, where it is new.
    private func name(_ file: RecordedFile) -> InterfaceObservation? {
        guard file.unnamed == nil else { return nil }
        let begin = file.packetSpan?.lowerBound ?? .distantFuture
        let before = files.first { other in
            guard other.unnamed != nil, !other.isOpen, !other.isContinued, let span = other.packetSpan else {
                return false
            }
            return span.upperBound <= begin
        }
        if let before {
            before.isContinued = true
            file.unnamed = before.unnamed
            return nil
        }
        let name = names.number(of: file.name(among: files).utf8)
        // No kernel gives such a number (SavefileSource).
        let number = 1 << 30 | InterfaceIndex(name.rawValue)
        file.unnamed = number
        return InterfaceObservation(index: number, name: name, isGone: false)
    }

    /// Files that have packets of one interface at one time: each packet counts as often.
    private var doubles: [String] {
        var doubles: [String] = []
        for (place, file) in files.enumerated() {
            for other in files[..<place] where !file.interfaces.isDisjoint(with: other.interfaces) {
                guard let one = file.packetSpan, let two = other.packetSpan, one.overlaps(two) else { continue }
                doubles.append(
                    "\(other.path) and \(file.path) have packets of one interface at one time: what both have counts twice"
                )
            }
        }
        return doubles
    }

    private func note(_ file: RecordedFile) {
        file.noteSpans()
        found.formUnion(file.lanes)
        for (lane, span) in file.spans {
            let whole = spans[lane] ?? span
            spans[lane] =
                min(whole.lowerBound, span.lowerBound)...max(whole.upperBound, span.upperBound)
        }
        last = max(last ?? file.time, file.time)
    }

    /// Where other files tell of more, its lanes lack what would have come behind the damage.
    private func note(damageOf file: RecordedFile, in facts: inout ComparisonFacts) {
        facts.notes.append("\(file.path) could not be read to its end: what it told later is missing")
        for (lane, end) in file.ends where end < last ?? end { facts.uncountedCounts[lane] &+= 1 }
    }

    /// What it came to.
    var outcome: ComparisonOutcome {
        let summary = store.withTable { $0.completeness }
        // A capture's savefile begins and ends when it pleases: what conntrack counted before nobody knows.
        let all = spans.values.map(\.lowerBound).min() ?? Timestamp(nanoseconds: 0)
        let start = spans[.packet]?.lowerBound ?? all
        let end = spans[.packet]?.upperBound ?? last ?? all
        var facts = ComparisonFacts(start: start, end: end, lanes: found)
        facts.spans = spans
        facts.lastLook = spans[.conntrack]?.upperBound
        facts.note(summary)
        facts.notes =
            ["the firewall's rules at the time of the recording are not known"] + intake.filters.doubts + doubles
            + clock.notes
        for file in files where file.damage != nil { note(damageOf: file, in: &facts) }
        for file in files where file.ends.isEmpty && file.damage == nil {
            facts.notes.append("\(file.path) tells of no packet and no session")
        }
        facts.hidesSessions = !intake.filters.isEmpty
        facts.filteredCount = intake.filteredCount
        let interfaces = store.withTable { $0.interfaceNames }
        return intake.conclude(facts, names: NameBook(names: names.snapshot, interfaces: interfaces))
    }
}
