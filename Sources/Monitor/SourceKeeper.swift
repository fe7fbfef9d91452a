import FlowModel
import Ingest
import Sessions

/// The monitor's sources: opened, watched, opened again; the state of ``SourceSupervisor``'s thread.
struct SourceKeeper {
    private struct Kept {
        var plan: SourcePlan
        var recovery: SourceRecovery
        var source: (any Source)?
        var failure: SourceFailure?
        /// Why it is down, as it was told last: the same again is no news.
        var toldReason: String?
        /// Why it could not be opened at the last try.
        var error: IngestError?
    }

    private let store: SessionStore
    private let intake: Intake
    private let namespace: String?
    private let wake: @Sendable () -> Void
    private let tell: @Sendable (MonitorNews) -> Void
    private var kept: [Kept] = []
    /// What the namespace's name meant at the last look.
    private var identity: NetworkNamespace.Identity?
    /// Whether the thread is in the namespace that is to be read.
    private(set) var isInPlace: Bool

    /// - Parameter wake: called from the thread of a source that failed.
    init(
        of store: SessionStore, _ names: NameTable, namespace: String?, wake: @escaping @Sendable () -> Void,
        tell: @escaping @Sendable (MonitorNews) -> Void
    ) {
        self.store = store
        self.namespace = namespace
        isInPlace = namespace == nil
        self.wake = wake
        self.tell = tell
        intake = Intake(sink: store, names: names)
    }

    // MARK: What others see

    /// How the sources are, in the order in which they were planned.
    var statuses: [SourceStatus] {
        kept.map { kept in
            var status = SourceStatus(name: kept.plan.name, state: kept.recovery.state)
            status.restartCount = kept.recovery.restartCount
            return status
        }
    }

    /// The threads of those that read.
    var loops: [WatchedLoop] {
        kept.compactMap { kept in
            kept.source.map { WatchedLoop(name: "the reader of \(kept.plan.name)", turns: $0.turns) }
        }
    }

    /// Whether each was tried.
    var wereAllTried: Bool { kept.allSatisfy(\.recovery.wasTried) }

    /// Why nothing can be read, where netfilter's sources were all refused for want of privilege and none has ever read.
    var refusal: IngestError? {
        let sources = kept.filter { $0.plan.lane != nil }
        let isRefused = sources.allSatisfy { !$0.recovery.wasUp && $0.error?.kind == .privilege }
        return isRefused ? sources.first?.error : nil
    }

    /// The conntrack source, while it reads.
    var conntrack: ConntrackSource? { kept.lazy.compactMap { $0.source as? ConntrackSource }.first }

    /// Whether a source reads that tells the table of the time.
    var hasClock: Bool { kept.contains { $0.plan.lane != nil && $0.recovery.isUp } }

    /// Nanoseconds until a source is due.
    func wait(at now: UInt64) -> UInt64? {
        kept.lazy.compactMap(\.recovery.dueAt).min().map { $0 > now ? $0 - now : 0 }
    }

    // MARK: What it does

    /// Takes over what is wanted from now on: closes what is not any more, changes what is wanted otherwise.
    mutating func adopt(_ plans: [SourcePlan], at time: ReceiveTime) {
        for kept in kept where !plans.contains(where: { $0.name == kept.plan.name }) { discard(kept, at: time) }
        var adopted: [Kept] = []
        for plan in plans {
            let old = kept.first { $0.plan.name == plan.name }
            guard let old, old.plan != plan else {
                adopted.append(old ?? Kept(plan: plan, recovery: SourceRecovery(at: time)))
                continue
            }
            adopted.append(changed(old, to: plan))
        }
        kept = adopted
    }

    /// Has a source read on by a new plan, or opens it anew; where that fails, it is as one that has failed.
    ///
    /// The old one is stopped first. Two that read at the same time would tell some things twice, and older ones after newer: a
    /// session that has ended would begin again, and a row that was late would look as if somebody had zeroed the counters.
    private mutating func changed(_ old: Kept, to plan: SourcePlan) -> Kept {
        var new = old
        new.plan = plan
        guard let source = old.source else { return new }
        if plan.take(over: source, from: old.plan) { return new }
        let time = ReceiveTime.now
        source.stop(asOutage: true)
        new.source = nil
        open(&new, at: time)
        // What passed between the two, nobody saw; one that is down now tells its hole when that is over.
        if new.source == nil {
            beginHole(plan, at: time)
        } else {
            tellHole(plan, since: time.wall, at: .now)
        }
        return new
    }

    /// Notices what has failed, and opens what is due.
    mutating func step(at time: ReceiveTime) {
        watchNamespace(at: time)
        for index in kept.indices {
            var one = kept[index]
            if let failure = one.failure?.first, one.source != nil { close(&one, failure.description, at: time) }
            if one.source == nil, one.recovery.isDue(at: time.monotonic) { open(&one, at: time) }
            kept[index] = one
        }
    }

    /// Stops all of them.
    mutating func stop(at time: ReceiveTime) {
        for kept in kept.reversed() { discard(kept, at: time) }
        kept = []
    }

    /// Stops a source that is not wanted any more; the hole of one that is down ends here.
    private func discard(_ kept: Kept, at time: ReceiveTime) {
        kept.source?.stop()
        if kept.recovery.wasUp, let since = kept.recovery.downSince { tellHole(kept.plan, since: since, at: time) }
    }

    /// Looks whether the namespace's name still means what the sources read: a namespace lives on in their sockets when its name
    /// goes, and nobody can reach it there.
    private mutating func watchNamespace(at time: ReceiveTime) {
        guard let namespace else { return }
        let current = NetworkNamespace.identity(of: namespace)
        guard current != identity else { return }
        let reason =
            current == nil
            ? "network namespace \(namespace) is gone" : "network namespace \(namespace) is another one now"
        for index in kept.indices {
            if kept[index].source != nil { close(&kept[index], reason, at: time) }
            kept[index].recovery.hasten(at: time)
        }
        identity = current
        if isInPlace { try? NetworkNamespace.leave() }
        isInPlace = false
    }

    private mutating func open(_ kept: inout Kept, at time: ReceiveTime) {
        let failure = SourceFailure(onFailure: wake)
        do throws(IngestError) {
            if let namespace {
                try NetworkNamespace.enter(namespace)
                isInPlace = true
            }
            let (wasUp, downSince) = (kept.recovery.wasUp, kept.recovery.downSince)
            if kept.plan.kind == .links, wasUp { forgetInterfaces(at: time) }
            let source = try kept.plan.open(into: intake, firstDump: wasUp ? .restart : .initial, onFailure: failure)
            (kept.source, kept.failure, kept.toldReason, kept.error) = (source, failure, nil, nil)
            let isLate = kept.recovery.wasTried && !kept.recovery.isUp
            kept.recovery.succeed(at: time)
            // Before the first time conntrack's dump makes up for it; what no rule's packet told of is lost for good.
            if isLate, wasUp || kept.plan.lane == .nflog { tellHole(kept.plan, since: downSince, at: time) }
            let span = downSince.flatMap { isLate ? UInt64(exactly: time.wall.nanoseconds(since: $0)) : nil }
            tell(.sourceIsUp(name: kept.plan.name, again: wasUp, after: span))
            for warning in source.warnings { tell(.warning(source: kept.plan.name, warning)) }
        } catch {
            (kept.source, kept.failure, kept.error) = (nil, nil, error)
            // That its namespace is gone was told.
            let isGone = namespace != nil && identity == nil && kept.recovery.wasUp
            fail(&kept, isGone ? kept.toldReason ?? error.description : error.description, at: time)
        }
    }

    private func close(_ kept: inout Kept, _ reason: String, at time: ReceiveTime) {
        kept.source?.stop(asOutage: true)
        (kept.source, kept.failure) = (nil, nil)
        beginHole(kept.plan, at: time)
        fail(&kept, reason, at: time)
    }

    private func fail(_ kept: inout Kept, _ reason: String, at time: ReceiveTime) {
        kept.recovery.fail(reason, at: time)
        guard reason != kept.toldReason else { return }
        kept.toldReason = reason
        tell(.sourceIsDown(name: kept.plan.name, reason: reason))
    }

    /// What passes by from now on is lost, which is told when it is over.
    private func beginHole(_ plan: SourcePlan, at time: ReceiveTime) {
        guard let lane = plan.lane else { return }
        _ = store.take([.loss(Loss(lane: lane, cause: .down, count: 0))], at: time)
    }

    /// What has passed by since then is lost, and nobody knows how much it is.
    private func tellHole(_ plan: SourcePlan, since: Timestamp?, at time: ReceiveTime) {
        guard let lane = plan.lane else { return }
        _ = store.take([.loss(Loss(lane: lane, cause: .down, count: nil, since: since))], at: time)
    }

    /// Which interfaces went while nobody listened is not known: those that are still there are told of again.
    private func forgetInterfaces(at time: ReceiveTime) {
        let present = store.withTable { $0.interfaceNames.present }
        let batch = present.map { index in
            Observation.interface(InterfaceObservation(index: index, name: .none, isGone: true))
        }
        if !batch.isEmpty { _ = store.take(ObservationBatch(batch), at: time) }
    }
}
