public import FlowModel

/// The conntrack lane: NEW, UPDATE and DESTROY events, and dumps of the table beside them.
///
/// One thread owns two sockets. The one for events is joined before the first dump is asked for, so that nothing falls
/// between them; dumps have a socket of their own, as an overrun would kill a dump on the events' one.
public final class ConntrackSource: Source {
    public struct Configuration: Sendable {
        /// Bytes of receive buffer for events; the kernel's own accounting doubles them.
        public var receiveBuffer = 64 << 20
        /// What the receive buffer may grow to when it has overrun; not more than ``receiveBuffer`` is a fixed size.
        public var greatestBuffer = 256 << 20
        /// Whether the kernel shall keep each session's end until it was taken, which holds up every other listener, too.
        public var isReliable = false
        /// Why the first dump is made: to see what is there, or what became of it while nobody read.
        public var firstDump = DumpStart.Cause.initial
        /// How often dumps are made.
        public var pace = DumpPace()
        /// Which sessions are wanted; the others are left out by the kernel where it can.
        public var filter = SourceFilter.everything

        public init() {}
    }

    public let warnings: [String]

    /// Whether the kernel leaves out events of sessions that are not wanted.
    public let isFiltered: Bool

    /// What receive buffer would have sufficed.
    public let advice: BufferAdvice
    private let gauge: DumpGauge
    private let pace: WantedPace
    private let intake: Intake
    private let progress = SourceProgress()
    private let stopSignal: Signal
    private let thread: Thread

    /// Opens the sockets and starts reading.
    public init(_ configuration: Configuration, into intake: Intake, failure: SourceFailure) throws(IngestError) {
        try KernelSettings.requireConntrack()
        let stopSignal = try Signal()
        let reader = try ConntrackReader.open(configuration, intake, stopSignal)
        warnings = reader.warnings
        isFiltered = reader.isFiltered
        advice = reader.advice
        gauge = reader.gauge
        pace = reader.wantedPace
        (self.intake, self.stopSignal) = (intake, stopSignal)
        let shared = Lock(reader)
        let progress = progress
        thread = try Thread(name: "nf-conntrack") {
            // Held for the thread's life: nobody else reads.
            shared.withLock { reader in
                do throws(IngestError) {
                    if try !reader.run(turns: progress.turns) { progress.leaveSomething() }
                } catch {
                    failure.report(error)
                }
            }
        }
    }

    /// How the totals of running sessions are kept fresh.
    public var totals: TotalsStatus { gauge.totals }

    /// Dumps come at another pace from now on; not for a source that was to make a single one.
    public func change(to pace: DumpPace) { self.pace.current = pace }

    public var turns: TurnCounter { progress.turns }

    public func stop(asOutage: Bool) {
        stopSignal.raise()
        thread.join()
        guard progress.hasLeftSomething, !asOutage else { return }
        let loss = Loss(lane: .conntrack, cause: .overrun, count: nil)
        _ = intake.deliver([.loss(loss)], at: .now) { $0.append(loss) }
    }
}
