internal import FlowModel

// What rules denied, and logged that they did.

extension Comparison {
    /// How much of what each rule counted was logged as denied: that explains those sessions, and no others.
    mutating func countLoggedDenials(of sessions: [ComparedSession]) -> [Int: UInt64] {
        struct Tally: Hashable {
            var rule: Int
            var tuple: FlowKey
        }
        var tallies: [Tally: [LoggedDenials.Name: UInt64]] = [:]
        for compared in sessions {
            for denial in compared.session.denials {
                let name = logName(denial)
                for (rule, count) in deniers(of: denial, name, compared) {
                    let tally = Tally(rule: rule, tuple: compared.session.record.original)
                    tallies[tally, default: [:]][name, default: 0] &+= count
                }
            }
        }
        var counts: [Int: UInt64] = [:]
        for (tally, logged) in tallies {
            counts[tally.rule] = (counts[tally.rule] ?? 0).adding(loggedDenials.greatestCount(logged))
        }
        return counts
    }

    /// The rules that denied what was logged of a session, and how many packets each did at least, if it is the one.
    private mutating func deniers(
        of denial: Denial, _ name: LoggedDenials.Name, _ compared: ComparedSession
    ) -> [Int: UInt64] {
        let deniers = loggedDenials.deniers(name, of: denial.count)
        guard deniers.count > 1 else { return deniers }
        // Rules of several chains may log alike: those that these packets come to.
        let views = views(of: DirectionCounts(compared, .original), compared.session)
        let met = Set(search.suspects(of: views).lazy.filter { $0.deed == .deny }.map(\.rule))
        let those = deniers.filter { met.contains($0.key) }
        return those.isEmpty ? deniers : those
    }

    /// Keeps what rules denied of a session that nothing else told of.
    mutating func addAttempt(_ compared: ComparedSession) {
        attempts.add(compared, loggedDenials.course(compared.session.denials.map(logName)))
    }

    /// Gives captured sessions that conntrack does not know what rules logged as denied of their packets: each first that of its own tuple,
    /// then what was logged of several, then what a rule may have seen of it with another destination.
    ///
    /// What was logged of several, whose ports differ, is told together: whose it is, the rules tell that surely deny one's packets, else that
    /// as many were captured as were logged.
    mutating func lendAttempts(to sessions: inout [ComparedSession]) {
        for compared in sessions { attempts.noteCaptured(compared.session) }
        let places = sessions.indices.filter {
            sessions[$0].session.denials.isEmpty && attempts.mayBe(sessions[$0].session)
        }
        let met = places.map { deniers(of: sessions[$0]) }
        for (place, met) in zip(places, met) {
            attempts.lend(to: &sessions[place].session) { met.means($0, surely: false) }
        }
        let rules = facts.rules
        // Those that rules surely deny, and then, of what is left, those that they may.
        for surely in [true, false] {
            for (place, met) in zip(places, met) {
                attempts.noteDemand(of: sessions[place].session) { met.means($0, surely: surely) }
            }
            for (place, met) in zip(places, met) {
                let isScarce = attempts.lendShared(
                    to: &sessions[place].session, counted: { surely ? Self.counted(by: $0, rules) : 0 },
                    where: { met.means($0, surely: surely) })
                if isScarce { sessions[place].sharesDenials = true }
            }
        }
        for place in places where mayBeTranslated(sessions[place]) { sessions[place].sharesDenials = true }
        guard search.chart?.translatesDestinations == true else { return }
        for place in sessions.indices where sessions[place].session.denials.isEmpty {
            let views = views(of: DirectionCounts(sessions[place], .original), sessions[place].session)
            guard translator(of: views) != nil else { continue }
            attempts.lendTranslated(to: &sessions[place].session)
            sessions[place].sharesDenials = mayBeTranslated(sessions[place])
        }
    }

    /// Whether what was logged with a session's tuple may be another one's, to which a rule gave its destination.
    private func mayBeTranslated(_ compared: ComparedSession) -> Bool {
        search.chart?.translatesDestinations == true && attempts.hasSiblings(compared.session)
    }

    /// How many packets the rules counted that denied what was logged, where a log may be of some of them only.
    private static func counted(by course: LoggedDenials.Course, _ rules: WatchedRuleset?) -> UInt64 {
        guard case .denied(let deniers) = course, let rules else { return 0 }
        return deniers.reduce(0) { $0.adding(rules.rules[$1].growth?.packetCount ?? 0) }
    }

    /// The rules that deny a session's packets, or may.
    private struct DenyingRules {
        var answers: [Int: RuleAnswer] = [:]
        /// What is the case with all others.
        var others: RuleAnswer

        /// Whether its packets are of those that go on so, or may be.
        func means(_ course: LoggedDenials.Course, surely: Bool) -> Bool {
            guard case .denied(let rules) = course else { return !surely }
            let answer = rules.map { answers[$0] ?? others }.max() ?? .perhaps
            return surely ? answer == .yes : answer != .no
        }
    }

    private mutating func deniers(of compared: ComparedSession) -> DenyingRules {
        // Other rules may have stood there.
        guard let rules = facts.rules, rules.isFinal, rules.doubt == nil else {
            return DenyingRules(others: .perhaps)
        }
        var met = DenyingRules(others: .no)
        let views = views(of: DirectionCounts(compared, .original), compared.session)
        for suspect in search.suspects(of: views) where suspect.deed == .deny {
            met.answers[suspect.rule] = max(met.answers[suspect.rule] ?? .no, suspect.answer)
        }
        return met
    }

    /// Packets of a session that conntrack knows may have been denied before rules let it in.
    mutating func lendDenials(to compared: inout ComparedSession) {
        let counts = DirectionCounts(compared, .original)
        attempts.noteCaptured(compared.session)
        guard let entered = counts.entering?.counts.whole, let tracked = counts.tracked else { return }
        if compared.session.denials.isEmpty {
            compared.sharesDenials = attempts.lend(
                to: &compared.session, upTo: entered.since(tracked).packetCount)
            compared.wasDenied = !compared.session.denials.isEmpty
        } else if let start = compared.session.start {
            // What rules logged may come after conntrack's word about what they let in then.
            compared.wasDenied = compared.session.denials.allSatisfy { $0.last < start }
        }
    }

    /// Why the capture did not see what a rule denied.
    mutating func unseen(_ counts: DirectionCounts, _ compared: ComparedSession) -> [Difference] {
        let session = compared.session
        // What rules refuse of the host's own packets comes to no interface.
        let isOwn = isOwn(counts.path, session)
        var short = Shortfall(.original, .nflog, isOwn ? .captureOut : .captureIn, counts.logged)
        if isOwn {
            var refusals = refusals(compared)
            for isCertain in [true, false] {
                accountForDenials(&short, session, &refusals, isCertain: isCertain)
            }
        }
        accountForOtherInterface(&short, counts.path.inInterface)
        accountForLoss(&short, of: .packet, session)
        let wasDeniedLater = session.record.lastSeen.nanoseconds(since: facts.end) > Self.clockSlack
        if !accountForLate(&short, counts, session), wasDeniedLater {
            short.account(.endedAfter, isCertain: false, ["rules denied it after the capture had ended, too"])
        }
        short.account(
            .unexplained,
            ["rules denied packets that were not captured, unless a translation gave them another destination"])
        return short.found
    }

    /// Whether rules logged packets as they left, and no interface that brought them: those are the host's own.
    private func isOwn(_ path: PacketPath, _ session: Session) -> Bool {
        path.inInterface == 0 && path.outInterface != 0
            && facts.ownAddresses?.contains(session.record.original.source) ?? true
    }
}
