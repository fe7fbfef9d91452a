import FlowModel

/// What nfmon told, held against what there was.
struct Findings {
    private let replay: Replay
    private let monitor: Monitor
    /// The lives of each name, in their order.
    private let lives: [Life.Name: [Life]]
    /// What is wrong, a sentence each.
    private(set) var sentences: [String] = []

    /// Looks at a replay that has come to its end.
    init(_ replay: Replay) {
        self.replay = replay
        monitor = replay.monitor
        lives = Dictionary(grouping: replay.lives, by: \.name)
        sentences = replay.failures
        checkTable()
        checkStories()
        checkNumbers()
        checkTotals()
        checkLoss()
    }

    private mutating func require(_ isRight: Bool, _ sentence: @autoclosure () -> String) {
        if !isRight { sentences.append(sentence()) }
    }

    // MARK: The table

    /// After a clean resynchronisation the table is the kernel's.
    private mutating func checkTable() {
        let living = replay.lives.filter { !$0.isGone }
        let sessions = monitor.sessions.filter { $0.record.facts.contains(.conntrack) }
        require(
            sessions.count == living.count, "the kernel has \(living.count) entries, the table \(sessions.count)")
        let byName = Dictionary(grouping: sessions, by: \.name)
        for life in living {
            guard let session = byName[life.name]?.first else {
                sentences.append("\(life.name) is not in the table")
                continue
            }
            let (record, entry) = (session.record, life.entry)
            require(record.reply == entry.reply, "\(life.name) has another reply")
            require(record.status == entry.status, "\(life.name) has another status")
            require(record.mark == entry.mark ?? 0, "\(life.name) has another mark")
            require(record.tcpState == entry.tcpState ?? .none, "\(life.name) has another TCP state")
            require(agrees(session, with: [life]), "\(life.name) has other counters")
            require(
                session.isExact || session.conntrackCounters == nil || isUncertain(life.name)
                    || record.facts.contains(.countersAreOld),
                "\(life.name) lives, and is not exact")
            require(!session.isExact || !mustBeUncertain(life.name), "\(life.name) was zeroed and is called exact")
        }
        require(monitor.wantedDump == nil, "nfmon is not content")
    }

    // MARK: The stream

    /// Every session begins once and ends once at most, and nothing is told of it before and after.
    private mutating func checkStories() {
        enum Story { case running, over }
        var stories: [SessionID: Story] = [:]
        var starts: [Life.Name: Int] = [:]
        var ends: [Life.Name: Int] = [:]
        for event in monitor.events {
            let record = event.session.record
            guard record.facts.contains(.conntrack) else { continue }
            let name = event.session.name
            switch event.kind {
            case .start:
                require(stories[record.id] != .running, "\(name) begins twice")
                stories[record.id] = .running
                starts[name, default: 0] += 1
            case .update: require(stories[record.id] == .running, "\(name) changes and is not there")
            case .end:
                // The kernel may have given the id out again: then identity and start together tell them apart.
                require(stories[record.id] != .over || lives[name]?.count ?? 0 > 1, "\(name) ends twice")
                stories[record.id] = .over
                ends[name, default: 0] += 1
            case .denied, .loss, .resyncBegan, .resync, .shed: continue
            }
        }
        for session in monitor.sessions where session.record.facts.contains(.conntrack) {
            require(stories[session.record.id] == .running, "\(session.name) is in the table and its story is not open")
        }
        for name in Set(starts.keys).union(ends.keys) {
            require(lives[name] != nil, "\(name) never existed")
        }
        for (name, lives) in lives {
            let (began, ended) = (starts[name] ?? 0, ends[name] ?? 0)
            require(began <= lives.count, "\(name) lived \(lives.count) times and began \(began) times")
            require(ended <= lives.count, "\(name) lived \(lives.count) times and ended \(ended) times")
            let goneCount = lives.count { $0.isGone }
            require(ended <= goneCount, "\(name) is gone \(goneCount) times and ended \(ended) times")
            let isKnown = began > 0 || replay.ended.contains(name)
            if isKnown, goneCount == lives.count { require(ended > 0, "\(name) is gone and did not end") }
            // A row that is quicker than the events before it hides a life of which the end was lost.
            if replay.injected.isNone, replay.begun.contains(name) {
                require(began + ended > 0, "\(name) was told of and never seen")
            }
        }
    }

    // MARK: The numbers

    /// What is said of an ended session's traffic is right, or is marked as a lower bound and is one.
    private mutating func checkNumbers() {
        for (session, end) in monitor.ends where session.record.facts.contains(.conntrack) {
            guard let lives = lives[session.name], let counters = session.conntrackCounters else { continue }
            require(
                counters.isWithin(lives.map(\.passed).reduce(DirectionalCounters(), +)),
                "\(session.name) ended with more than there ever was")
            require(
                !session.isExact || !mustBeUncertain(session.name), "\(session.name) was zeroed and is called exact")
            switch end.cause {
            case .event:
                require(agrees(session, with: lives), "\(session.name) ended with other counters")
                require(session.isExact || isUncertain(session.name), "\(session.name) ended by event and is not exact")
            case .inferred:
                require(!session.isExact, "\(session.name) ended unseen and is called exact")
                require(
                    !replay.injected.isNone || mayEndUnseen(session.name), "\(session.name) ended unseen for no reason")
            case .timeout, .evicted, .closed: sentences.append("\(session.name) ended by \(end.cause.keyword)")
            }
        }
    }

    /// Whether a session may have these counters if it is one of some lives.
    ///
    /// The kernel may give out id and tuple again at once. Where the end between two lives was lost they look like one that somebody
    /// zeroed, and are added up as a lower bound.
    private func agrees(_ session: Session, with some: [Life]) -> Bool {
        let known = session.conntrackCounters
        guard !some.contains(where: { $0.agrees(with: known) }) else { return true }
        guard let all = lives[session.name], all.count > 1, !session.isExact, let known else { return false }
        return known.isWithin(all.map(\.passed).reduce(DirectionalCounters(), +))
    }

    /// Whether somebody zeroed the counters, and nfmon could see it; not where a row may have been another life's.
    private func mustBeUncertain(_ name: Life.Name) -> Bool {
        replay.shrunk.contains(name) && likes(of: name).count == 1
    }

    /// The lives of the same two ends.
    private func likes(of name: Life.Name) -> [Life] {
        replay.lives.filter { [name.original, name.original.inverse].contains($0.entry.original) }
    }

    /// Whether an end may be inferred though nothing was lost: the kernel never tells of it, or a dump's row of the next life
    /// of the same two ends is read before the event.
    private func mayEndUnseen(_ name: Life.Name) -> Bool {
        let likes = likes(of: name)
        return likes.count > 1 || !likes.allSatisfy(\.sendsEvents)
    }

    /// No byte is counted twice: all that was ever told together is no more than there was.
    private mutating func checkTotals() {
        let told = monitor.ends.map(\.session) + monitor.sessions
        let sum = told.compactMap(\.conntrackCounters).reduce(DirectionalCounters(), +)
        let truth = replay.lives.map(\.passed).reduce(DirectionalCounters(), +)
        require(sum.isWithin(truth), "\(sum) was told of \(truth)")
    }

    /// Whether counters of this name may be called a lower bound though the last word was heard: somebody zeroed them, or
    /// several lives look like one.
    private func isUncertain(_ name: Life.Name) -> Bool {
        lives[name].map { $0.count > 1 || $0.contains(where: \.wasZeroed) } ?? true
    }

    // MARK: Loss

    /// The loss that is stated, event by event and altogether, is the one that was made.
    private mutating func checkLoss() {
        let (injected, summary) = (replay.injected, monitor.summary)
        require(
            summary.lostCounts.conntrack == injected.droppedCount,
            "\(injected.droppedCount) events were dropped, the summary says \(summary.lostCounts.conntrack)")
        require(
            summary.malformedCounts.conntrack == injected.malformedCount,
            "\(injected.malformedCount) messages were damaged, the summary says \(summary.malformedCounts.conntrack)")
        require(
            summary.faultCounts.values.reduce(0, &+) == injected.malformedCount, "the faults by kind do not add up")
        require(summary.uncountedLosses == injected.errorCount, "the losses of unknown size are others")
        require(
            summary.lostCounts.nflog == injected.packetCount && summary.malformedCounts.nflog == 0,
            "\(injected.packetCount) packets were dropped, the summary says \(summary.lostCounts.nflog)")
        let isRight = injected.isNone && summary.ambiguousPackets == 0
        require(summary.isComplete == isRight, "complete: \(summary.isComplete)")
        checkReports(.conntrack, .malformed, injected.malformedCount)
        checkReports(.conntrack, .overrun, injected.droppedCount, uncounted: injected.errorCount)
        checkReports(.nflog, .overrun, injected.packetCount)
        checkReports(.nflog, .malformed, 0)
        require(!monitor.losses.contains { $0.cause == .output }, "the output lost something")
    }

    /// A report that adds up a loss of unknown size has no count.
    private mutating func checkReports(_ lane: Lane, _ cause: Loss.Cause, _ count: UInt64, uncounted: UInt64 = 0) {
        let reports = monitor.losses.filter { $0.lane == lane && $0.cause == cause }
        let sum = reports.compactMap(\.count).reduce(0, &+)
        let unknown = UInt64(reports.count { $0.count == nil })
        if uncounted == 0 {
            require(sum == count && unknown == 0, "the events tell of \(sum) lost by \(cause), and it was \(count)")
        } else {
            require(sum <= count && (1...uncounted).contains(unknown), "the events tell of other losses by \(cause)")
        }
    }
}

extension Session {
    /// What the kernel calls it.
    fileprivate var name: Life.Name { Life.Name(id: record.conntrackID, original: record.original) }
}
