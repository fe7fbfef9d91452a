import FlowModel
import Ingest
import Sessions

/// A session table that the kernel feeds: sources, store and the signals between them and a command.
struct LiveTable {
    let store: SessionStore
    let names: NameTable
    /// Up when the user or the system wants the command to end.
    let stop: Signal
    /// Up when there are events, a dump has ended, or a source failed.
    let change: Signal
    let failure: SourceFailure
    /// To be given a turn now and then.
    let sweep: NameSweep
    private let sources: LiveSources
    private let recorder: Recorder?

    /// In words: what is read.
    var description: String { sources.description }

    /// Why the rules' log is not read; `nil` where it is, or nobody wants it.
    var nflogRefusal: IngestError? { sources.nflogRefusal }

    init(
        _ options: SourceOptions, _ table: SessionTable.Configuration, _ conntrack: ConntrackSource.Configuration,
        names: NameTable = NameTable(), recorder: Recorder? = nil, leavesForeign: Bool = false,
        captureSink: (SessionStore) -> any ObservationSink = { $0 }
    ) throws(IngestError) {
        self.names = names
        if let name = options.netns { try NetworkNamespace.enter(name) }
        let stop = try Signal()
        let change = try Signal()
        try stop.raiseOnTermination()
        self.stop = stop
        self.change = change
        self.recorder = recorder
        failure = SourceFailure { change.raise() }
        store = SessionStore(configuration: table, seed: Self.seed) { change.raise() }
        sweep = NameSweep(of: store, names, clock: { ReceiveTime.now.monotonic })
        sources = try LiveSources(
            options, conntrack: conntrack, into: Intake(sink: store, names: names, recorder: recorder),
            packetsInto: Intake(sink: captureSink(store), names: names, recorder: recorder), failure: failure,
            leavesForeign: leavesForeign)
    }

    /// Stops the sources, tells what is left to tell, completes the recording.
    ///
    /// - Returns: why the sources or the recording ended before they were told to, `nil` if they did not.
    func finish() -> IngestError? {
        recorder?.stopWaiting()
        sources.stop()
        let end = ReceiveTime.now
        store.finish(at: end)
        do throws(IngestError) { try recorder?.finish(at: end) } catch { return error }
        return failure.first
    }

    /// From when on the capture counts; `nil` where there is none.
    var captureStart: Timestamp? { sources.captureStart }

    /// The names of captured interfaces that were down at some time.
    var downInterfaceNames: Set<String> { sources.downInterfaceNames }

    /// Keeps packets that pass from now on out of the table, and hands them to a sink of their own, if there is one.
    ///
    /// - Returns: from when on.
    func turnCapture(to sink: (any ObservationSink)?) -> Timestamp {
        sources.turnCapture(to: sink.map { Intake(sink: $0, names: names) })
    }

    /// Ends the capture, once it has told all that passed.
    func stopCapture() { sources.stopCapture() }

    /// Ends what netfilter tells; the capture goes on.
    func stopNetfilter() { sources.stopNetfilter() }

    /// Has conntrack's table looked at now.
    func lookNow() { sources.lookNow() }

    /// Has conntrack's table looked at once more before the end, as what sessions that go on have counted only their entries tell.
    ///
    /// - Parameter patience: nanoseconds that it may take.
    /// - Returns: whether it was looked at; not when it took too long, a source failed, or the user wants to end a second time.
    func lookLast(within patience: UInt64) -> Bool {
        // A dump that is under way may have passed by what came since.
        let asked = ReceiveTime.now.monotonic
        let end = asked &+ patience
        stop.lower()
        sources.lookNow()
        while !store.withTable({ $0.hasLooked(since: asked) }) {
            let now = ReceiveTime.now.monotonic
            guard now < end, !stop.isRaised, failure.first == nil else { return false }
            Signal.wait(for: [stop, change], timeout: end - now)
            change.lower()
        }
        return true
    }

    /// What turns the numbers in the table's sessions into words.
    var nameBook: NameBook {
        let interfaces = store.withTable { $0.interfaceNames }
        return NameBook(names: names.snapshot, interfaces: interfaces)
    }

    /// How complete the table is, and what would have made it so.
    var completeness: TableSummary {
        var summary = store.withTable { $0.completeness }
        summary.sufficientBuffer = sources.bufferAdvice?.sufficientByteCount ?? 0
        summary.grownBuffer = sources.bufferAdvice?.grownByteCount ?? 0
        return summary
    }

    /// Random, so that nobody who sends packets can choose ones that collide in the table.
    static var seed: (UInt64, UInt64) {
        var generator = SystemRandomNumberGenerator()
        return (generator.next(), generator.next())
    }
}
