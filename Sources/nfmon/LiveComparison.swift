import Comparison
import FlowModel
import Ingest
import Sessions

/// A comparison of what the kernel sends: opens the lanes, waits, ends them in the order in which nothing gets lost, looks what is left.
struct LiveComparison {
    private let options: SourceOptions
    private let live: LiveTable
    private let start: ReceiveTime
    private let rulesBefore: FirewallLook
    private let routingWatch: RoutingWatch?
    private let failuresBefore: ConntrackFailures?
    private let stackBefore: StackCounters
    private let interruptsBefore: UInt64?
    private var facts: ComparisonFacts
    private var intake: ComparisonIntake
    private let early: EdgeFrameSink
    /// When conntrack's events were off.
    private var eventsOff = OffTimes()
    /// When the settings are to be looked at again, by the monotonic clock.
    private var nextSettingsLook: UInt64 = 0

    /// Nanoseconds that the last look at conntrack's table may take.
    private static let patience: UInt64 = 30_000_000_000

    /// Nanoseconds between two looks at the settings, which somebody may change for a moment.
    private static let settingsInterval: UInt64 = 100_000_000

    /// Opens everything, the capture first: what it did not see from the beginning must not count as missing.
    ///
    /// - Parameter options: of the network namespace that was entered.
    init(_ options: SourceOptions) throws(IngestError) {
        self.options = options
        let filter = try options.capture.expression.map { text throws(IngestError) in try TupleFilter(text) }
        // Before the capture begins.
        let (eventsMode, beginning) = (KernelSettings.eventsMode, ReceiveTime.now.wall)
        rulesBefore = FirewallLook()
        routingWatch = try? RoutingWatch()
        failuresBefore = KernelSettings.failures
        stackBefore = KernelSettings.stackCounters
        interruptsBefore = InterruptTime.current
        var conntrack = ConntrackSource.Configuration()
        // One look at the beginning and one at the end: those between would be counted as what conntrack costs.
        conntrack.pace.interval = 3_600_000_000_000
        var table = options.tableConfiguration
        // Ends, and what was there before: the queue of events is theirs.
        table.isWanted = { session, _, _ in !session.record.facts.isDisjoint(with: [.ended, .predatesListener]) }
        var early: EdgeFrameSink?
        live = try LiveTable(options, table, conntrack, leavesForeign: true) { store in
            let sink = EdgeFrameSink(into: store)
            early = sink
            return sink
        }
        self.early = early ?? EdgeFrameSink()
        start = .now
        facts = ComparisonFacts(
            start: live.captureStart ?? start.wall, end: .distantFuture, lanes: options.lanes(of: false))
        if live.nflogRefusal != nil { facts.lanes.remove(.nflog) }
        facts.interfaces = options.capture.configuration.interfaceIndexes
        facts.groups = options.noNFLog ? [] : options.groups.numbers
        facts.accountingIsOn = options.noConntrack ? nil : KernelSettings.countsBytes
        facts.eventsAreOn = options.noConntrack ? nil : eventsMode.map { $0 != 0 }
        if let eventsMode, !options.noConntrack { eventsOff.look(isOff: eventsMode == 0, at: beginning) }
        facts.rules = rulesBefore.ruleset.map { WatchedRuleset($0) }
        facts.ownAddresses = rulesBefore.addresses
        facts.bridgeSettings = KernelSettings.bridges
        if let routes = try? HostRoutes() {
            facts.route = { routes.answer($0) }
            facts.silentNeighbour = { routes.silentNeighbour($0) }
        }
        intake = ComparisonIntake(facts, names: live.nameBook, filter: filter)
        facts.hidesSessions = filter != nil
        facts.notes += intake.filters.doubts
    }

    /// Compares for a time, or until the user has seen enough.
    mutating func run(for duration: UInt64?) throws(IngestError) -> ComparisonOutcome {
        waitForLook(since: 0)
        facts.firstLook = live.turnCapture(to: live.store)
        Talk.say("comparing: \(live.description)")
        wait(until: duration.map { start.monotonic &+ $0 })
        // Whoever interrupts once more does not want to wait for the last look.
        live.stop.lower()
        // Netfilter's counters take a while to be read: what passes until then the capture counts apart.
        let late = EdgeFrameSink()
        facts.end = live.turnCapture(to: late)
        // Both at once: what conntrack and the rules count from now on is not compared.
        let lookTime = ReceiveTime.now
        let lookStart = lookTime.monotonic
        live.lookNow()
        learn(FirewallLook())
        if let before = failuresBefore { facts.failures = KernelSettings.failures?.growth(since: before) }
        facts.stackGrowth = KernelSettings.stackCounters.growth(since: stackBefore)
        if let before = interruptsBefore, let now = InterruptTime.current, now >= before {
            facts.interruptTime = now - before
        }
        waitForLook(since: lookStart)
        let later = EdgeFrameSink()
        _ = live.turnCapture(to: later)
        let hasLooked = live.store.withTable { $0.hasLooked(since: lookStart) }
        if !options.noConntrack, hasLooked {
            (facts.lastLookStart, facts.lastLookStartTime) = (lookStart, lookTime.wall)
        }
        var costs = [
            PathCost(lane: .conntrack, processorTime: ThreadCosts.processorTime(ofThreadsNamed: "nf-conntrack")),
            PathCost(lane: .nflog, processorTime: ThreadCosts.processorTime(ofThreadsNamed: "nf-nflog")),
        ]
        live.stopNetfilter()
        if !options.noConntrack { facts.lastLook = ReceiveTime.now.wall }
        costs.insert(endCapture(), at: 0)
        (facts.early, facts.late, facts.later) = (early.frames, late.frames, later.frames)
        if let failure = live.finish() { throw failure }
        intake.drain(live.store, at: ReceiveTime.now.wall)
        intake.addLiving(of: live.store)
        conclude(costs)
        var outcome = intake.conclude(facts, names: live.nameBook)
        if let watch = routingWatch, watch.catchUp() != facts.routeChanges {
            outcome.facts.notes.append(
                "routes changed while they were asked: where packets would go that this concerns is not told")
        }
        outcome.facts.residentBytes = ProcessCost.current.residentBytes
        return outcome
    }

    /// Ends the capture.
    ///
    /// - Returns: what it cost, what its threads did at the last included.
    private func endCapture() -> PathCost {
        _ = live.turnCapture(to: nil)
        let time = ThreadCosts.processorTime(ofThreadsNamed: "nf-capture")
        let before = Self.timeOfOthers
        live.stopCapture()
        return PathCost(lane: .packet, processorTime: time &+ (Self.timeOfOthers &- before))
    }

    /// Nanoseconds of processor time of all threads but those that read netfilter.
    private static var timeOfOthers: UInt64 {
        ProcessCost.current.processorTime &- ThreadCosts.processorTime(ofThreadsNamed: "nf-conntrack")
            &- ThreadCosts.processorTime(ofThreadsNamed: "nf-nflog")
    }

    /// Takes in what comes until then.
    private mutating func wait(until end: UInt64?) {
        while !live.stop.isRaised, live.failure.first == nil {
            let now = ReceiveTime.now.monotonic
            if let end, now >= end { return }
            waitForChange(from: now, until: end)
            live.sweep.sweepIfDue()
        }
    }

    /// Waits for a change, no longer than until then, and takes in what came; looks at the settings when that is due, as changes may come
    /// much more often.
    private mutating func waitForChange(from now: UInt64, until end: UInt64?) {
        let pause = nextSettingsLook > now ? nextSettingsLook - now : 0
        Signal.wait(for: [live.stop, live.change], timeout: end.map { min($0 - now, pause) } ?? pause)
        let time = ReceiveTime.now.monotonic
        if time >= nextSettingsLook {
            nextSettingsLook = time &+ Self.settingsInterval
            lookAtSettings()
        }
        live.change.lower()
        intake.drain(live.store, at: ReceiveTime.now.wall)
    }

    private mutating func lookAtSettings() {
        guard !options.noConntrack, let mode = KernelSettings.eventsMode else { return }
        eventsOff.look(isOff: mode == 0, at: ReceiveTime.now.wall)
    }

    /// Waits until conntrack's table has been looked at since a time of the monotonic clock.
    private mutating func waitForLook(since time: UInt64) {
        guard !options.noConntrack else { return }
        let end = ReceiveTime.now.monotonic &+ Self.patience
        while live.failure.first == nil, !live.store.withTable({ $0.hasLooked(since: time) }) {
            if live.stop.isRaised {
                return facts.notes.append(
                    "conntrack's table was not looked at to its end: its counters are not all known")
            }
            let now = ReceiveTime.now.monotonic
            if now >= end {
                facts.notes.append(
                    "conntrack's table was not looked at in time: counters of sessions that go on are old")
                return
            }
            waitForChange(from: now, until: end)
        }
    }

    /// What became of the rules since the beginning.
    private mutating func learn(_ look: FirewallLook) {
        if let before = rulesBefore.ruleset, let after = look.ruleset {
            let rules = WatchedRuleset(before: before, after: after)
            facts.rules = rules
            if let change = rules.change { facts.notes.append(change) }
            facts.tracksNothing = !before.usesConntrack && !after.usesConntrack && !rules.changedRules
        } else {
            facts.rules = nil
        }
        facts.ownAddresses = look.addresses
        facts.bridgeSettings = KernelSettings.bridges
        facts.routing = look.routing
        facts.flowtables = look.flowtables
        facts.unlooked = look.unlooked
    }

    /// What is known only now.
    private mutating func conclude(_ costs: [PathCost]) {
        let summary = live.completeness
        facts.note(summary)
        if summary.conntrackSessionCount > 0 { facts.tracksNothing = false }
        facts.filteredCount = intake.filteredCount
        facts.downInterfaceNames = live.downInterfaceNames.sorted()
        facts.routeChanges = routingWatch?.catchUp() ?? RouteChanges(concernsAll: true)
        if let watch = routingWatch, let ask = facts.route {
            // What changes while routes are asked tells nothing of what was before.
            let known = facts.routeChanges
            facts.route = { question in
                let answer = ask(question)
                return watch.catchUp().concern(question, since: known) ? nil : answer
            }
        }
        if routingWatch == nil {
            facts.notes.append(
                "changes of routes could not be listened to: the host's ways may have been others before")
        } else if !facts.routeChanges.isEmpty {
            facts.notes.append(
                "routes, addresses or interfaces changed meanwhile: where what did not leave would have gone is told as it is now"
            )
        }
        facts.costs = costs.filter { facts.lanes.contains($0.lane) }.map { cost in
            var cost = cost
            cost.bufferBytes = options.bufferBytes(of: cost.lane)
            cost.lostCount = facts.lostCounts[cost.lane]
            return cost
        }
        // Sessions that began since have no counters.
        if !options.noConntrack, KernelSettings.countsBytes == false { facts.accountingIsOn = false }
        if let captured = facts.interfaces, captured != options.capture.configuration.interfaceIndexes {
            facts.uncountedCounts.packet += 1
            facts.notes.append("an interface went or was made anew meanwhile: what passed it between is not captured")
        }
        lookAtSettings()
        if let span = eventsOff.span {
            facts.eventsAreOn = false
            facts.eventsOffSpan = span
            facts.notes.append(
                span.to < facts.end
                    ? "conntrack's events were off for a while: sessions that began then and went meanwhile are not known to it"
                    : "conntrack's events are off: sessions that came and went meanwhile are not known to it")
        }
    }
}

extension SourceOptions {
    /// Bytes in which what comes waits for its reader, where nothing was lost: after that buffers grow.
    fileprivate func bufferBytes(of lane: Lane) -> UInt64 {
        switch lane {
        case .conntrack: UInt64(conntrackBuffer?.bytes ?? ConntrackSource.Configuration().receiveBuffer)
        case .nflog: UInt64(nflogBuffer?.bytes ?? NFLogSource.Configuration().receiveBuffer)
        case .packet:
            UInt64(capture.configuration.ringSize * capture.interfaces.count * capture.configuration.shareCount)
        }
    }
}
