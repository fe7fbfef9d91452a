import Comparison
import FlowModel
import Testing

/// A reason explains no more packets than what shows it: the others are told as what they are.
struct BoundedReasonTests {
    @Test func anotherInterfaceIsAskedBeforeTheEnd() {
        let facts = someFacts {
            $0.interfaces = [SessionBuilder.server]
            $0.lanes.insert(.nflog)
        }
        let result = compare(facts) {
            $0.facts.remove(.ended)
            $0.lastTime = Timestamp(seconds: 1099, nanoseconds: 990_000_000)
            ($0.tracked, $0.first, $0.second, $0.logged) = ((12, 8), nil, (10, 8), (12, 8))
        }
        #expect(result.reasons[.endedAfter] == 2)
        let away = someFacts {
            $0.interfaces = [SessionBuilder.client]
            $0.lanes.insert(.nflog)
        }
        let other = compare(away) {
            $0.facts.remove(.ended)
            $0.lastTime = Timestamp(seconds: 1099, nanoseconds: 990_000_000)
            ($0.tracked, $0.first, $0.second, $0.logged) = ((12, 8), nil, (10, 8), (12, 8))
        }
        #expect(other.reasons[.otherInterface] == 2)
    }

    @Test func whatWasCapturedBeforeTheFirstLookIsNoMoreThanConntrackHadCountedThen() {
        func reasons(_ baseline: (UInt64, UInt64)) -> [DifferenceReason: UInt64] {
            compare {
                $0.startTime = Timestamp(seconds: 1000, nanoseconds: 0)
                $0.facts.insert(.predatesListener)
                ($0.tracked, $0.baseline) = ((10 + baseline.0 - 4, 8 + baseline.1), baseline)
                ($0.first, $0.second) = ((10, 8), (10, 8))
            }.reasons
        }
        #expect(reasons((30, 0)) == [.startedBefore: 4 + 30])
        #expect(reasons((3, 0))[.unexplained] == 1)
    }

    @Test func whatCouldNotBeReadOrBeGivenToASessionIsMissingSomewhere() {
        let facts = someFacts {
            $0.malformedCounts.packet = 2
            $0.ambiguousCount = 1
        }
        let result = compare(facts) { ($0.first, $0.second) = ((5, 8), (10, 8)) }
        #expect(result.reasons == [.lostBySource: 3, .unexplained: 2])
        #expect(result.evidence.contains("could not read 2 packets"))
        #expect(result.evidence.contains("perhaps saw the packet that several sessions could own"))
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        // Who could not read everything cannot say that nothing passed.
        #expect(compare(facts) { ($0.first, $0.second) = (nil, nil) }.reasons[.otherInterface] == nil)
        let full = someFacts { $0.refusedCount = 1 }
        #expect(compare(full) { $0.tracked = nil }.reasons == [.unexplained: 18])
    }

    @Test func whereConntrackTellsNoEventsNothingIsUntrackedThatMayHaveComeAndGone() {
        let facts = someFacts {
            $0.eventsAreOn = false
            $0.failures = ConntrackFailures()
        }
        let result = compare(facts) { $0.tracked = nil }
        #expect(result.reasons == [.eventsOff: 18])
        #expect(result.evidence.contains("nf_conntrack_events is 0"))
        // One that was there when the table was looked at would have been seen.
        let late = compare(facts) {
            $0.tracked = nil
            $0.lastTime = Timestamp(seconds: 1099, nanoseconds: 900_000_000)
        }
        #expect(late.reasons == [.untracked: 18])
        #expect(late.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
        // Half of a translated one, of which nobody knows the other.
        let half = compare(facts) {
            ($0.tracked, $0.second) = (nil, nil)
            $0.lastTime = Timestamp(seconds: 1099, nanoseconds: 900_000_000)
        }
        #expect(half.reasons == [.eventsOff: 18])
    }

    @Test func whatARuleLoggedByConntracksStateIsNotUntracked() {
        func result(
            _ tests: RuleMatch.Test..., facts change: (inout ComparisonFacts) -> Void = { _ in }
        ) -> ComparisonOutcome {
            var log = rule(.log(group: 100), growth: 18, text: "by state")
            log.rule.match.tests = tests
            let facts = someFacts {
                $0.lanes = [.conntrack, .nflog, .packet]
                $0.failures = ConntrackFailures()
                $0.rules = watched([log])
                change(&$0)
            }
            return compare(facts) { ($0.tracked, $0.logged) = (nil, (10, 8)) }
        }
        let states: TrackingState = [.new, .established]
        for test in [
            RuleMatch.Test(.tracking(states)), RuleMatch.Test(.tracking(.untracked), isNegated: true),
        ] {
            let seen = result(test)
            #expect(seen.reasons == [.unexplained: 18])
            #expect(
                seen.evidence.contains(
                    "conntrack looked at them: rule ip filter FORWARD: by state, which asks conntrack about them (ct state and the like), logged 10 of them"
                ))
            // Its events may have been off just then.
            let off = result(test) {
                $0.eventsAreOn = false
                $0.eventsOffSpan = LossSpan(at: Timestamp(seconds: 1005, nanoseconds: 0))
            }
            #expect(off.reasons == [.eventsOff: 18])
            #expect(off.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        }
        for test in [
            RuleMatch.Test(.tracking([.new, .untracked])), RuleMatch.Test(.tracking(.new), isNegated: true),
            RuleMatch.Test(.family(.ipv4)),
        ] {
            #expect(result(test).reasons[.untracked] == 18)
        }
        // Rules that are gone may have logged them.
        let gone = result(RuleMatch.Test(.tracking(states))) { facts in
            var later = facts.rules?.ruleset ?? FirewallRuleset()
            later.tables[0].chains[0].rules[0].handle = nil
            var earlier = later
            earlier.tables[0].chains[0].rules.append(FirewallRule(name: "gone", text: "gone"))
            facts.rules = WatchedRuleset(before: earlier.withoutCounts, after: later)
        }
        #expect(gone.reasons[.untracked] == 18)
    }

    @Test func whereConntracksEventsWereOffForAWhileThatIsSaidOfWhatBeganThen() {
        func result(from: Int64, to: Int64, _ change: (inout SessionBuilder) -> Void = { _ in }) -> ComparisonOutcome {
            let facts = someFacts {
                $0.eventsAreOn = false
                $0.failures = ConntrackFailures()
                $0.eventsOffSpan = LossSpan(
                    LossSpan(at: Timestamp(seconds: from, nanoseconds: 0)),
                    upTo: Timestamp(seconds: to, nanoseconds: 0))
            }
            return compare(facts) {
                $0.tracked = nil
                change(&$0)
            }
        }
        // Its packets came from 1010 to 1020.
        let meanwhile = result(from: 1005, to: 1015)
        #expect(meanwhile.reasons == [.eventsOff: 18])
        #expect(meanwhile.evidence.contains("net.netfilter.nf_conntrack_events was 0 for a while"))
        #expect(meanwhile.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        // What was on when it began tells its end, too.
        let earlier = result(from: 1015, to: 1030)
        #expect(earlier.reasons == [.untracked: 18])
        // Who switched them off once may have done so again.
        #expect(earlier.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(result(from: 1002, to: 1009).reasons == [.untracked: 18])
        #expect(result(from: 1005, to: 1100).evidence.contains("net.netfilter.nf_conntrack_events is 0"))
        // What came in and did not leave may be half of a translated one.
        #expect(result(from: 1005, to: 1015) { $0.second = nil }.reasons == [.eventsOff: 18])
        #expect(result(from: 1015, to: 1030) { $0.second = nil }.reasons == [.unexplained: 18])
    }

    @Test func theFirewallAnswersEachPacketThatItRejectsOnce() {
        func reasons(_ effect: RuleDeed, answers: UInt64) -> [DifferenceReason: UInt64] {
            let facts = someFacts { $0.rules = watched([rule(effect, port: 443, growth: 3)]) }
            return compare(facts) { ($0.tracked, $0.first, $0.second) = (nil, (3, answers), nil) }.reasons
        }
        #expect(reasons(.reject, answers: 3) == [.denied: 6])
        #expect(reasons(.reject, answers: 5) == [.denied: 6, .unexplained: 2])
        #expect(reasons(.drop, answers: 3) == [.denied: 3, .unexplained: 3])
    }

    @Test func whatLeavesMoreThanConntrackCountedIsAnAnswerOfTheFirewallsOnlyWhereItRejected() {
        var denial = Denial(rule: .none, verdict: .reject, at: SessionBuilder().startTime)
        denial.count = 1
        let result = compare {
            $0.denials = [denial]
            // One packet came in and stopped; three answers left that nobody sent.
            ($0.tracked, $0.first, $0.second) = ((10, 8), (10, 11), (9, 8))
        }
        #expect(result.reasons == [.denied: 2, .unexplained: 2])
    }

    @Test func aRuleAnswersWhatItRejectsWhateverItsPrefixSays() {
        for (deed, answered) in [(RuleDeed.reject, UInt64(1)), (.drop, 0)] {
            var denial = Denial(rule: .none, verdict: .drop, at: SessionBuilder().startTime)
            denial.count = 1
            var refuser = rule(deed, port: 443, growth: 1)
            refuser.rule.effects = [.log(group: 100, prefix: "drop:")]
            let result = compare(someFacts { $0.rules = watched([refuser]) }) {
                $0.denials = [denial]
                ($0.tracked, $0.first, $0.second) = ((10, 8), (10, 10), (9, 8))
            }
            #expect(result.reasons[.denied] == 1 + answered)
            #expect(result.reasons[.unexplained] ?? 0 == 2 - answered)
        }
    }

    @Test func whatARulesCounterNeverSawNoSourceHasLost() {
        let facts = someFacts {
            $0.lanes.insert(.nflog)
            $0.rules = watched([rule(.log(group: 100), growth: 6)])
            $0.lostCounts.nflog = 100
        }
        let result = compare(facts) {
            ($0.tracked, $0.first, $0.second, $0.logged) = ((10, 0), (10, 0), (10, 0), (4, 0))
        }
        #expect(result.reasons == [.sampled: 4, .lostBySource: 2])
        #expect(result.evidence.contains("has seen only 6 packets"))
    }

    @Test func packetsThatConntrackFoundInvalidAreNoMoreThanItFound() {
        var failures = ConntrackFailures()
        (failures.invalid, failures.drops) = (2, 1)
        let facts = someFacts { $0.failures = failures }
        let result = compare(facts) { ($0.tracked, $0.second) = ((6, 8), (6, 8)) }
        #expect(result.reasons == [.invalid: 3, .unexplained: 1])
        #expect(result.evidence.contains("found 2 packets invalid, dropped 1 for want of room"))
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    @Test func invalidPacketsAreThoseOfProtocolsWithStatesAndThoseThatPassed() {
        var failures = ConntrackFailures()
        failures.invalid = 2
        var comparison = Comparison(someFacts { $0.failures = failures }, names: someNames())
        // What somebody dropped of one, and what passed of the other.
        var dropped = SessionBuilder()
        dropped.key.transport = .udp
        (dropped.tracked, dropped.first, dropped.second) = (nil, (3, 0), nil)
        comparison.add(dropped.compared)
        var passed = SessionBuilder()
        (passed.tracked, passed.first, passed.second) = (nil, (3, 0), (3, 0))
        comparison.add(passed.compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.invalid: 2, .untracked: 1, .unexplained: 3])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }

    @Test func whatPassesConntrackByIsToldOnce() {
        let facts = someFacts { $0.rules = watched([rule(.untrack, at: HookPlace(.prerouting, -300), growth: 4)]) }
        let result = compare(facts) { $0.tracked = (6, 8) }
        #expect(result.reasons == [.untracked: 4])
        #expect(result.summary.ruleUses.map(\.packetCount) == [4])
    }

    @Test func whatADropBeforeConntrackTookIsNotHiddenByWhatConntrackCountedLater() {
        let facts = someFacts { $0.rules = watched([rule(.drop, at: HookPlace(.prerouting, -300), growth: 3)]) }
        let result = compare(facts) { ($0.tracked, $0.first, $0.second) = ((20, 0), (10, 0), (7, 0)) }
        #expect(result.reasons[.droppedBeforeConntrack] == 3)
        #expect(result.reasons[.droppedAfterConntrack] == nil)
    }

    @Test func aSynThatComesAgainIsNotCounted() {
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = ((8, 8), (10, 8), (10, 8))
        var compared = builder.compared
        // Segments of 60 bytes.
        compared.session.record.counters.original.byteCount = 1000 - 120
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        #expect(comparison.conclude().reasons == [.ignored: 2])
        // Of 100,000 nobody says that.
        let many = compare { ($0.tracked, $0.first, $0.second) = ((8, 8), (100_000, 8), (100_000, 8)) }
        #expect(many.reasons[.ignored] == nil)
    }

    @Test(arguments: [true, false])
    func answersThatComeAgainAreNotCountedThoughARuleDeniedThemAllWhereItLoggedThem(isLogged: Bool) {
        var refuser = rule(.drop, growth: 4)
        refuser.rule.match.tests = [RuleMatch.Test(.sourcePort([443...443]))]
        refuser.rule.effects = [.log(group: 100, prefix: "drop:")]
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = ((8, 2), (8, 0), (8, 4))
        if isLogged { builder.logged = (0, 4) }
        var denial = Denial(rule: .none, verdict: .drop, at: builder.startTime)
        (denial.count, denial.replyCount) = (4, 4)
        builder.denials = [denial]
        var compared = builder.compared
        // Segments of 60 bytes.
        compared.session.record.counters.reply.byteCount = 400 - 120
        var comparison = Comparison(someFacts { $0.rules = watched([refuser]) }, names: someNames())
        comparison.add(compared)
        let result = comparison.conclude()
        #expect(result.reasons[.ignored] == (isLogged ? 2 : nil), "\(result.reasons) \(result.evidence)")
    }

    @Test func sessionsThatAreNotKeptAreCountedAllTheSame() {
        var comparison = Comparison(someFacts(), names: someNames(), limit: 1)
        for port in 1...3 {
            var builder = SessionBuilder()
            builder.key.sourcePort = UInt16(port)
            (builder.tracked, builder.second) = ((6, 8), (6, 8))
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.sessions.count == 1)
        #expect((result.summary.sessionCount, result.summary.differingCount, result.summary.unkeptCount) == (3, 3, 2))
        #expect(result.summary.totals[.packet]?.packetCount == 54)
        #expect(result.summary.capture.agreedPacketCount < result.summary.capture.packetCount)
    }

    @Test func howMuchOfAReasonIsUncertainIsCounted() {
        let result = compare(someFacts { $0.lostCounts.packet = 5 }) { ($0.first, $0.second) = ((8, 8), (10, 8)) }
        #expect(result.summary.reasons[.lostBySource]?.uncertainCount == 2)
        #expect(result.summary.uncertainCount == 2)
    }

    @Test func aRecordingThatEndedBeforeConntrackToldItsCountersIsThat() {
        let facts = someFacts { $0.accountingIsOn = nil }
        let result = compare(facts) { $0.facts.subtract([.counters, .ended]) }
        #expect(result.reasons == [.endedAfter: 18])
    }

    @Test func whatWasKeptFromConntrackAndThenDroppedIsToldAsBoth() {
        let rules = [
            rule(.untrack, at: HookPlace(.prerouting, -300), port: 443, growth: 10),
            rule(.drop, port: 443, conditions: ["statistic"], growth: 5, text: "every second"),
        ]
        let result = compare(someFacts { $0.rules = watched(rules) }) {
            ($0.tracked, $0.first, $0.second) = (nil, (10, 0), (5, 0))
        }
        #expect(result.reasons == [.untracked: 10, .denied: 5])
        #expect(result.sessions.first?.differences.count == 2)
        // Without such a rule only the captures show it.
        let bare = compare(someFacts { $0.rules = watched([rules[0]]) }) {
            ($0.tracked, $0.first, $0.second) = (nil, (10, 0), (5, 0))
        }
        #expect(bare.reasons == [.untracked: 10, .droppedAfterConntrack: 5])
    }

    @Test func theGreatestNumbersThatThereAreTrapNowhere() {
        let most = UInt64.max
        var failures = ConntrackFailures()
        (failures.invalid, failures.drops) = (most, most)
        let facts = someFacts {
            $0.lanes.insert(.nflog)
            $0.lostCounts.packet = most
            $0.malformedCounts.packet = most
            $0.ambiguousCount = most
            $0.failures = failures
            $0.rules = watched([
                rule(.reject, growth: most), rule(.log(group: 100), growth: most), rule(.log(group: 100), growth: most),
            ])
        }
        let counters = Counters(packetCount: most, byteCount: most)
        var frames = FrameCounts()
        (frames.seen, frames.whole, frames.wire, frames.headerByteCount) = (counters, counters, counters, most)
        (frames.first, frames.last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        var comparison = Comparison(facts, names: someNames())
        for tracked in [nil, (0, 0), (10, 8)] as [(UInt64, UInt64)?] {
            var builder = SessionBuilder()
            (builder.tracked, builder.logged) = (tracked, (10, 8))
            var compared = builder.compared
            for place in [true, false] {
                var lane = place ? compared.session.taps.first : compared.session.taps.second
                lane?.original = frames
                lane?.reply = place ? frames : FrameCounts()
                if place { compared.session.taps.first = lane } else { compared.session.taps.second = lane }
            }
            compared.session.nflog?.counters = DirectionalCounters(original: counters, reply: counters)
            comparison.add(compared)
        }
        #expect(comparison.conclude().summary.sessionCount == 3)
    }

    @Test func packetsOfAnotherZoneMayBeCountedToASession() {
        for (zone, reason) in [(7, DifferenceReason.lostBySource), (0, .unexplained)] as [(UInt16, DifferenceReason)] {
            let result = compare(someFacts { $0.ambiguousCount = 3 }) {
                $0.key.transport = .udp
                $0.key.zone = zone
                ($0.tracked, $0.first, $0.second) = ((3, 0), (5, 0), (5, 0))
            }
            #expect(result.reasons == [reason: 2])
            #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        }
    }
}
