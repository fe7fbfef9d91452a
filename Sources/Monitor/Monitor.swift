public import Doctor
public import FlowModel
public import Ingest
internal import Query
public import Reports
internal import Sessions
public import Settings

/// The monitor: its sources, the table that they feed, and the stream of what changes in it.
public final class Monitor: MonitorService {
    public let names: NameTable
    public let stream: EventStream
    private let store: SessionStore
    private let current: Lock<MonitorSettings>
    private let version: String
    private let startedAt: Timestamp
    private let seed: (UInt64, UInt64)
    private let dispatcher: EventDispatcher
    private let supervisor: SourceSupervisor
    private let look: HostLook

    /// A monitor that reads nothing yet.
    ///
    /// - Parameters:
    ///   - version: the program's.
    ///   - random: makes numbers that nobody outside can know.
    /// - Throws: where the process gets no thread or descriptor.
    public init(
        _ settings: MonitorSettings, version: String, random: inout some RandomNumberGenerator
    ) throws(IngestError) {
        current = Lock(settings)
        self.version = version
        startedAt = ReceiveTime.now.wall
        seed = (random.next(), random.next())
        look = HostLook()
        let (names, change) = (NameTable(), try Signal())
        self.names = names
        store = SessionStore(
            configuration: SessionTable.Configuration(settings), seed: seed, onChange: { change.raise() },
            clock: { ReceiveTime.now.monotonic })
        let stream = EventStream(
            of: store, names: names, byteLimit: settings.events.history, epoch: random.next(),
            clock: { ReceiveTime.now.monotonic })
        self.stream = stream
        let sweep = NameSweep(
            of: store, names, clock: { ReceiveTime.now.monotonic }, alsoUsed: { stream.insertNames(into: &$0) })
        let dispatcher = try EventDispatcher(stream, wokenBy: change)
        self.dispatcher = dispatcher
        do throws(IngestError) {
            supervisor = try SourceSupervisor(settings, of: store, names, sweep: sweep)
        } catch {
            dispatcher.stop()
            throw error
        }
    }

    /// Starts reading; once. A source that cannot be opened is told as news, and is tried again.
    ///
    /// - Parameters:
    ///   - onReady: called once, from another thread, when each source was opened or is known not to be openable.
    ///   - tell: takes the news, from other threads; must not take long.
    /// - Throws: where the process gets no thread.
    public func start(
        onReady: @escaping @Sendable () -> Void = {}, tell: @escaping @Sendable (MonitorNews) -> Void
    ) throws(IngestError) {
        try supervisor.start(onReady: onReady, tell: tell)
    }

    /// Why nothing can be read, where that is for want of privilege and was so from the start.
    public var refusal: IngestError? { supervisor.report.refusal }

    /// Takes over what can change while it runs: which sources are read and how.
    public func change(to settings: MonitorSettings) {
        current.withLock { $0 = settings }
        supervisor.change(to: settings)
    }

    private var settings: MonitorSettings { current.withLock { $0 } }

    /// Stops the sources, tells what is left to tell, and ends the stream.
    public func stop() {
        supervisor.stop()
        store.finish(at: .now)
        dispatcher.stop()
    }

    /// What must come round, so that what the kernel tells comes through to the stream.
    public var loops: [WatchedLoop] { [dispatcher.loop] + supervisor.loops }

    public var status: MonitorStatus {
        var status = MonitorStatus(
            version: version, processID: OwnProcess.number, startedAt: startedAt, now: ReceiveTime.now.wall)
        let report = supervisor.report
        let settings = settings
        status.sources = report.sources + Self.idleSources(settings.sources)
        status.summary = store.withTable { $0.completeness }
        complete(&status.summary, by: report)
        status.tableLimit = settings.table.maximumSessions
        status.stream = stream.status
        status.stream.eventsPerSecond = dispatcher.eventsPerSecond(at: ReceiveTime.now.monotonic)
        status.totals = report.conntrack?.totals ?? TotalsStatus()
        status.totals.processorTime += report.earlierDumpTime
        status.cost = ProcessCost.current
        status.notes = report.host.notes
        return status
    }

    /// What the settings leave out.
    private static func idleSources(_ sources: SourceSettings) -> [SourceStatus] {
        let wanted = [("NFLOG", sources.readsNFLog), ("conntrack", sources.readsConntrack)]
        return wanted.filter { !$0.1 }.map { SourceStatus(name: $0.0, state: .off) }
    }

    public var sessionCount: Int { store.withTable { $0.count } }

    public func answer(_ question: SessionQuestion) -> SessionAnswer {
        var answer = question.answer(from: store, names, at: .now, seed: seed)
        let report = supervisor.report
        complete(&answer.summary, by: report)
        answer.watchedSince = startedAt
        answer.fill = report.host.fill
        answer.notes = report.host.notes
        return answer
    }

    /// Tells a summary what the table does not know of.
    private func complete(_ summary: inout TableSummary, by report: SourceSupervisor.Report) {
        summary.downSources = report.sources.filter { $0.state.keyword == "down" }.map(\.name)
        summary.eventsWereOff = report.host.eventsOff.span != nil
        summary.eventsOffSpan = report.host.eventsOff.span
        summary.sufficientBuffer = report.conntrack?.advice.sufficientByteCount ?? 0
        summary.grownBuffer = report.conntrack?.advice.grownByteCount ?? 0
    }

    public var figures: MonitorFigures {
        MonitorFigures(
            status: status, table: store.figures, census: store.census(), fill: supervisor.report.host.fill,
            names: NameBook(names: names.snapshot, interfaces: store.withTable { $0.interfaceNames }))
    }

    public func diagnose() -> Diagnosis { look.diagnosis(for: settings.sources) }
}
