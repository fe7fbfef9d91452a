import Comparison
import FlowModel
import Testing
import Wire

/// What rules denied stands in sessions of its own, and is found by the packets that a capture saw of it.
struct DeniedAttemptTests {
    @Test func whatARuleLoggedAsDeniedIsThatRules() {
        let names = NameTable()
        let name = names.number(of: Array("no-web".utf8))
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
        // The attempts stand in a session of their own, with the source ports folded.
        var denied = SessionBuilder()
        (denied.tracked, denied.first, denied.second, denied.logged) = (nil, nil, nil, (3, 0))
        denied.key.sourcePort = 1
        denied.facts = [.live, .nflog, .denied, .sourcePortVaries]
        var denial = Denial(rule: name, verdict: .drop, at: builder.startTime)
        denial.count = 3
        denied.denials = [denial]
        let facts = someFacts { $0.lanes.insert(.nflog) }
        var comparison = Comparison(
            facts, names: NameBook(names: names.snapshot, interfaces: InterfaceNames()))
        comparison.add(denied.compared)
        comparison.add(builder.compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("no-web"))
        #expect(result.summary.sessionCount == 1)
    }

    /// What a rule in OUTPUT refuses comes to no interface.
    @Test func ofTheHostsOwnPacketsNoCaptureSeesWhatRulesDenied() {
        let table = NFTRuleset(
            "table ip t {\nchain c {\ntype filter hook output priority 0; policy accept;\nlog prefix \"drop:\" group 100 drop\n}\n}"
        ).tables
        let rules = FirewallRuleset(table)
        for (source, ingress, reason) in [
            (0x0a00_0001, 0, .denied), (0x0a00_0007, 0, .unexplained),
            (0x0a00_0001, SessionBuilder.client, .unexplained),
        ] as [(UInt32, InterfaceIndex, DifferenceReason)] {
            let facts = someFacts {
                $0.lanes.insert(.nflog)
                $0.rules = WatchedRuleset(before: rules, after: rules)
            }
            var comparison = Comparison(facts, names: someNames())
            var denied = SessionBuilder()
            (denied.tracked, denied.first, denied.second, denied.logged) = (nil, nil, nil, (3, 0))
            denied.key.source = IPAddress(ipv4: source)
            denied.path.inInterface = ingress
            denied.facts = [.live, .nflog, .denied]
            var denial = Denial(rule: .none, verdict: .drop, at: denied.startTime)
            denial.count = 3
            denied.denials = [denial]
            comparison.add(denied.compared)
            let result = comparison.conclude()
            #expect(result.reasons == [reason: 3])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [reason == .denied])
        }
    }

    /// A rule that lets the host's own packets pass logged them as denied: their answers are for the host, and leave by no interface.
    @Test func answersToTheHostAreNotDeniedByTheLogOfWhatTheyAnswer() {
        let text = """
            table ip t {
            chain c {
            type filter hook output priority 0; policy accept;
            log prefix "drop:" group 100
            }
            }
            """
        let rules = FirewallRuleset(NFTRuleset(text).tables)
        var builder = SessionBuilder()
        builder.key.source = IPAddress(ipv4: 0xc000_0201)
        (builder.tracked, builder.first, builder.second) = ((5, 5), nil, (5, 5))
        var denial = Denial(rule: .none, verdict: .drop, at: builder.startTime)
        denial.count = 5
        builder.denials = [denial]
        var comparison = Comparison(
            someFacts { $0.rules = WatchedRuleset(before: rules, after: rules) }, names: someNames())
        comparison.add(builder.compared)
        #expect(comparison.conclude().reasons[.denied] == nil)
    }

    /// Answers that a rule denied, and errors about a session, are not what they answer.
    @Test(arguments: [(UInt32(4), UInt32(0)), (0, 4), (2, 2)])
    func whatRulesDeniedOfAnswersTheyDidNotDenyOfWhatIsAnswered(replies: UInt32, errors: UInt32) {
        let rules = FirewallRuleset(
            NFTRuleset(
                "table ip t {\nchain c {\ntype filter hook output priority 0; policy accept;\nlog prefix \"drop:\" group 100 drop\n}\n}"
            ).tables)
        var builder = SessionBuilder()
        builder.key.destination = IPAddress(ipv4: 0x0a00_0001)
        (builder.tracked, builder.first, builder.second) = ((4, UInt64(replies)), (4, 0), nil)
        var denial = Denial(rule: .none, verdict: .drop, at: builder.startTime)
        (denial.count, denial.replyCount, denial.errorCount) = (4, replies, errors)
        builder.denials = [denial]
        var comparison = Comparison(
            someFacts { $0.rules = WatchedRuleset(before: rules, after: rules) }, names: someNames())
        comparison.add(builder.compared)
        let denied = comparison.conclude().sessions.flatMap(\.differences).filter { $0.reason == .denied }
        #expect(denied.allSatisfy { $0.direction == .reply })
        #expect(denied.reduce(0) { $0 + $1.packetCount } == UInt64(replies))
    }

    /// Where the rules are not known, two that logged more together than passed logged some packets both.
    @Test(arguments: [(UInt64(10), UInt64(10)), (15, 15), (20, 15)])
    func whatTwoUnknownRulesLoggedOfOneTupleIsNoMoreThanPassed(captured: UInt64, denied: UInt64) {
        let table = NameTable()
        let facts = someFacts {
            $0.lanes.insert(.nflog)
            $0.rules = nil
        }
        let names = ["all", "limited"].map { table.number(of: Array($0.utf8)) }
        var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
        for (name, count) in zip(names, [10, 5] as [UInt64]) {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second, builder.logged) = (nil, nil, nil, (count, 0))
            builder.facts = [.live, .nflog, .denied]
            var denial = Denial(rule: name, verdict: .drop, at: builder.startTime)
            denial.count = count
            builder.denials = [denial]
            comparison.add(builder.compared)
        }
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (captured, 0), nil)
        comparison.add(builder.compared)
        let result = comparison.conclude()
        #expect(result.reasons[.denied] == denied)
        #expect(result.sessions.count == 1, "no log is left over")
    }

    @Test func whatWasLoggedOfOnePingIsNotAnothers() {
        func ping(_ identifier: UInt16) -> SessionBuilder {
            var builder = SessionBuilder()
            builder.key.transport = .icmp
            (builder.key.sourcePort, builder.key.destinationPort) = (identifier, 8 << 8)
            return builder
        }
        var comparison = Comparison(someFacts { $0.lanes.insert(.nflog) }, names: someNames())
        var denied = ping(7)
        (denied.tracked, denied.first, denied.second, denied.logged) = (nil, nil, nil, (3, 0))
        denied.facts = [.live, .nflog, .denied]
        var denial = Denial(rule: .none, verdict: .drop, at: denied.startTime)
        denial.count = 3
        denied.denials = [denial]
        comparison.add(denied.compared)
        for identifier: UInt16 in [8, 7] {
            var builder = ping(identifier)
            (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        let own = result.sessions.filter { $0.session.record.original.sourcePort == 7 }
        #expect(own.flatMap(\.differences).map(\.reason) == [.denied])
        #expect(result.reasons[.denied] == 3)
    }

    @Test func attemptsThatWereCapturedInPartAreToldInBoth() {
        var denied = SessionBuilder()
        (denied.tracked, denied.first, denied.second, denied.logged) = (nil, nil, nil, (5, 0))
        denied.facts = [.live, .nflog, .denied, .sourcePortVaries]
        var denial = Denial(rule: .none, verdict: .drop, at: denied.startTime)
        denial.count = 5
        denied.denials = [denial]
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
        let facts = someFacts {
            $0.lanes.insert(.nflog)
            $0.lostCounts.packet = 1
        }
        var comparison = Comparison(facts, names: someNames())
        comparison.add(denied.compared)
        comparison.add(builder.compared)
        #expect(comparison.conclude().reasons == [.denied: 3, .lostBySource: 1, .unexplained: 1])
    }

    @Test func aSessionOfManyPacketsMayHaveMetSeveralAttempts() {
        var comparison = Comparison(someFacts { $0.lanes.insert(.nflog) }, names: someNames())
        for _ in 1...2 {
            var denied = SessionBuilder()
            (denied.tracked, denied.first, denied.second, denied.logged) = (nil, nil, nil, (5, 0))
            denied.facts = [.live, .nflog, .denied]
            var denial = Denial(rule: .none, verdict: .drop, at: denied.startTime)
            denial.count = 5
            denied.denials = [denial]
            comparison.add(denied.compared)
        }
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (10, 0), nil)
        comparison.add(builder.compared)
        #expect(comparison.conclude().reasons == [.denied: 10])
    }

    @Test func attemptsOfAnotherTimeAreNotThoseThatWereCaptured() {
        var denied = SessionBuilder()
        (denied.tracked, denied.first, denied.second, denied.logged) = (nil, nil, nil, (3, 0))
        denied.facts = [.live, .nflog, .denied]
        (denied.startTime, denied.lastTime) = (
            Timestamp(seconds: 1050, nanoseconds: 0), Timestamp(seconds: 1051, nanoseconds: 0)
        )
        var denial = Denial(rule: .none, verdict: .drop, at: denied.startTime)
        denial.count = 3
        denied.denials = [denial]
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
        var comparison = Comparison(someFacts { $0.lanes.insert(.nflog) }, names: someNames())
        comparison.add(denied.compared)
        comparison.add(builder.compared)
        #expect(comparison.conclude().reasons == [.unexplained: 6])
    }

    /// Whoever goes on trying from one port is let in once the rules are changed: a telephone, a tunnel.
    @Test func whatWasDeniedBeforeTheSessionWasLetInIsNotMissing() {
        func outcome(from port: UInt16) -> ComparisonOutcome {
            var denied = SessionBuilder()
            (denied.tracked, denied.first, denied.second, denied.logged) = (nil, nil, nil, (3, 0))
            denied.facts = [.live, .nflog, .denied]
            denied.key.sourcePort = port
            var denial = Denial(rule: .none, verdict: .drop, at: denied.startTime)
            denial.count = 3
            denied.denials = [denial]
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = ((3, 0), (6, 0), (3, 0))
            var comparison = Comparison(someFacts { $0.lanes.insert(.nflog) }, names: someNames())
            comparison.add(denied.compared)
            comparison.add(builder.compared)
            return comparison.conclude()
        }
        let result = outcome(from: SessionBuilder().key.sourcePort)
        #expect(result.reasons == [.denied: 3])
        #expect(result.summary.sessionCount == 1)
        #expect(outcome(from: 1).reasons == [.unexplained: 6])
    }

    /// NFLOG gathers packets, and what it has may come after conntrack's word about the session.
    @Test func whatWasDeniedBeforeMayStandWithTheSession() {
        func reasons(at time: Timestamp) -> [DifferenceReason: UInt64] {
            compare(someFacts { $0.lanes.insert(.nflog) }) {
                var denial = Denial(rule: .none, verdict: .drop, at: time)
                denial.count = 3
                $0.denials = [denial]
                ($0.tracked, $0.first, $0.second, $0.logged) = ((3, 0), (6, 0), (3, 0), (3, 0))
            }.reasons
        }
        #expect(reasons(at: Timestamp(seconds: 1009, nanoseconds: 0)) == [.denied: 3])
        #expect(reasons(at: Timestamp(seconds: 1011, nanoseconds: 0))[.denied] == nil)
    }
}
