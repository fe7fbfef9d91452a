import FlowModel
import Ingest
import Sessions
import Settings

/// Keeps the monitor's sources reading: opens them, notices when one fails, and tries it again, while the others go on.
///
/// One thread does all of that, and what else must be done inside the network namespace that is looked at.
final class SourceSupervisor: Sendable {
    /// What the thread tells others.
    struct Report: Sendable {
        var sources: [SourceStatus] = []
        /// Whether each source was opened, or is known not to be openable.
        var isReady = false
        /// Why no source reads, where each was refused for want of privilege from the start.
        var refusal: IngestError?
        var host = HostState()
        var conntrack: ConntrackSource?
        /// The sources' threads.
        var loops: [WatchedLoop] = []
        /// Nanoseconds of processor time that the dumps of conntrack sources took which were closed since.
        var earlierDumpTime: UInt64 = 0
    }

    /// Nanoseconds between two looks at the host's settings and the namespace.
    private static let lookInterval: UInt64 = 1_000_000_000
    /// Nanoseconds between two words about the time to a table that no source tells it.
    private static let tick: UInt64 = 100_000_000

    private let settings: SourceSettings
    private let store: SessionStore
    private let names: NameTable
    private let sweep: NameSweep
    private let plans: Lock<[SourcePlan]>
    private let reported: Lock<Report>
    private let stopSignal: Signal
    private let change: Signal
    private let thread = Lock<Thread?>(nil)
    private let turns = TurnCounter()

    /// - Parameter sweep: what the thread does for the table of names, too.
    init(
        _ settings: MonitorSettings, of store: SessionStore, _ names: NameTable, sweep: NameSweep
    ) throws(IngestError) {
        self.settings = settings.sources
        self.store = store
        self.names = names
        self.sweep = sweep
        (stopSignal, change) = (try Signal(), try Signal())
        let plans = SourcePlan.all(for: settings)
        self.plans = Lock(plans)
        let state = SourceRecovery(at: .now).state
        reported = Lock(Report(sources: plans.map { SourceStatus(name: $0.name, state: state) }))
    }

    /// Starts the thread, which opens the sources that the settings ask for.
    ///
    /// - Parameter onReady: called once, when each of them was tried.
    func start(
        onReady: @escaping @Sendable () -> Void, tell: @escaping @Sendable (MonitorNews) -> Void
    ) throws(IngestError) {
        let (store, stop, change) = (store, stopSignal, change)
        let keeper = SourceKeeper(
            of: store, names, namespace: settings.namespace, wake: { change.raise() }, tell: tell)
        let host = HostGauge(settings, tell)
        let thread = try Thread(name: "nf-sources") { [weak self] in
            self?.run(keeper, host, store, stop, onReady)
        }
        self.thread.withLock { $0 = thread }
    }

    /// How the sources are.
    var report: Report { reported.withLock { $0 } }

    /// What must come round, so that the sources are read.
    var loops: [WatchedLoop] { [WatchedLoop(name: "the supervisor of the sources", turns: turns)] + report.loops }

    /// Other settings: sources that are wanted otherwise are opened anew, the others go on.
    func change(to settings: MonitorSettings) {
        plans.withLock { $0 = SourcePlan.all(for: settings) }
        change.raise()
    }

    /// Stops the sources and the thread, and waits for them.
    func stop() {
        stopSignal.raise()
        thread.withLock { $0 }?.join()
    }

    private func run(
        _ keeper: SourceKeeper, _ host: HostGauge, _ store: SessionStore, _ stop: Signal,
        _ onReady: @Sendable () -> Void
    ) {
        var (keeper, host) = (keeper, host)
        var isReady = false
        while !stop.isRaised {
            turns.add()
            change.lower()
            let time = ReceiveTime.now
            keeper.adopt(plans.withLock { $0 }, at: time)
            keeper.step(at: time)
            if keeper.isInPlace { host.lookIfDue(at: time.monotonic) }
            if !keeper.hasClock { _ = store.advance(to: .now) }
            publish(keeper, host.state)
            sweep.sweepIfDue()
            if !isReady, keeper.wereAllTried {
                isReady = true
                onReady()
            }
            let now = ReceiveTime.now.monotonic
            let wait = min(keeper.wait(at: now) ?? .max, keeper.hasClock ? Self.lookInterval : Self.tick)
            Signal.wait(for: [stop, change], timeout: wait)
        }
        keeper.stop(at: .now)
    }

    private func publish(_ keeper: SourceKeeper, _ host: HostState) {
        var report = Report(
            sources: keeper.statuses, isReady: keeper.wereAllTried, refusal: keeper.refusal, host: host,
            conntrack: keeper.conntrack, loops: keeper.loops)
        reported.withLock { last in
            report.earlierDumpTime = last.earlierDumpTime
            if let closed = last.conntrack, closed !== report.conntrack {
                report.earlierDumpTime += closed.totals.processorTime
            }
            last = report
        }
    }
}
