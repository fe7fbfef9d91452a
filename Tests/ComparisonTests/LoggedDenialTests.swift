import Comparison
import FlowModel
import Testing
import Wire

/// Rules that log what they deny: what their log explains their counters explain no second time.
struct LoggedDenialTests {
    /// What becomes of eight packets that the log tells a rule denied, to port 82, and eight others, to port 83.
    private static func compare(
        _ tables: [FirewallTable], logged: UInt64 = 8, isLoggedFirst: Bool = true
    ) -> ComparisonOutcome {
        let table = NameTable()
        let name = table.number(of: Array("y".utf8))
        let rules = FirewallRuleset(tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
        }
        var comparison = Comparison(
            facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
        for isLogged in [isLoggedFirst, !isLoggedFirst] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (8, 0), nil)
            builder.key.destinationPort = isLogged ? 82 : 83
            if isLogged {
                var denial = Denial(rule: name, verdict: .drop, at: builder.startTime)
                denial.count = logged
                builder.denials = [denial]
                builder.logged = (logged, 0)
            }
            comparison.add(builder.compared)
        }
        return comparison.conclude()
    }

    private static func nft(_ rules: String) -> [FirewallTable] {
        let head = "type filter hook forward priority filter; policy accept;"
        return NFTRuleset("table ip t {\nchain c {\n\(head)\n\(rules)\n}\n}").tables
    }

    @Test func aLogOfARuleThatLetsPassIsNoProofThatItDenied() {
        let log = "tcp dport 82 log prefix \"drop:y\" group 100"
        for (rules, isSure) in [
            ("\(log) accept", false), (log, false), ("\(log)\ntcp dport 82 accept", false), ("\(log) drop", true),
            ("\(log)\ndrop", true), ("\(log)\ntcp sport 9 drop", false),
            ("\(log)\nct state established accept", false), ("\(log)\nct state established accept\ndrop", false),
            ("\(log)\nreturn\ndrop", false), ("\(log)\njump other", false),
        ] {
            let result = Self.compare(Self.nft(rules))
            let own = result.sessions.filter { $0.session.record.original.destinationPort == 82 }
            let logged = own.flatMap(\.differences)
            #expect(logged.map(\.reason) == [.denied])
            #expect(logged.map(\.isCertain) == [isSure], "\(rules)")
            // Where one behind it may have denied them, that one is told first.
            let isTold = logged.flatMap(\.evidence).contains { $0.hasSuffix(" them pass") }
            #expect(isTold != (isSure || rules.hasSuffix("accept\ndrop")), "\(rules)")
        }
    }

    @Test func whatLeftIsNotDeniedWhateverARuleLogged() {
        let rules = FirewallRuleset(Self.nft("tcp dport 443 log prefix \"drop:y\" group 100 drop"))
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second, builder.logged) = (nil, nil, (8, 0), (2, 0))
        var denial = Denial(rule: .none, verdict: .drop, at: builder.startTime)
        denial.count = 2
        builder.denials = [denial]
        var comparison = Comparison(facts, names: someNames())
        comparison.add(builder.compared)
        let result = comparison.conclude()
        #expect(result.reasons[.denied] == nil)
        #expect(result.evidence.contains("none of them came in by an interface that is captured"))
    }

    @Test(arguments: [false, true])
    func whatARuleLoggedItDidNotDenyOfOthers(isLoggedFirst: Bool) {
        let rules = "tcp dport @s log prefix \"drop:y\" group 100 counter packets 8 bytes 800 drop"
        let result = Self.compare(Self.nft(rules), isLoggedFirst: isLoggedFirst)
        #expect(result.reasons == [.denied: 8, .unexplained: 8])
        let blamed = result.sessions.first { $0.reasons.contains(.unexplained) }
        #expect(blamed?.session.record.original.destinationPort == 83)
    }

    @Test(arguments: [
        "[8:800] -A FORWARD -m set --match-set s dst -j NFLOG --nflog-prefix \"drop:y\" --nflog-group 100\n[8:800] -A FORWARD -m set --match-set s dst -j DROP",
        "[8:800] -A FORWARD -m set --match-set s dst -j LOGDROP\n[8:800] -A LOGDROP -j NFLOG --nflog-prefix drop:y --nflog-group 100\n[8:800] -A LOGDROP -j DROP",
    ])
    func aRuleThatLogsAndOneThatDropsAreOne(rules: String) {
        let text = "*filter\n:FORWARD ACCEPT [0:0]\n:LOGDROP - [0:0]\n\(rules)\nCOMMIT\n"
        #expect(Self.compare(RulesetTrial.saved(text)).reasons == [.denied: 8, .unexplained: 8])
    }

    @Test func whatTheLogLeavesOutTheCounterStillExplains() {
        // A log of a few of them only.
        let rules =
            "tcp dport 82-83 limit rate 1/second log prefix \"drop:y\" group 100\ntcp dport 82-83 counter packets 16 bytes 1600 drop"
        let result = Self.compare(Self.nft(rules), logged: 3)
        #expect(result.reasons == [.denied: 16])
        #expect(result.summary.ruleUses.map(\.packetCount) == [13])
    }

    @Test func whatWasNoLongerLoggedTheCounterStillExplains() {
        // The rule that logged is gone: of a session it tells five packets, and the rule that drops counted ten.
        let rules = FirewallRuleset(Self.nft("tcp dport @s counter packets 10 bytes 1000 drop"))
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var comparison = Comparison(facts, names: someNames())
        for isLogged in [false, true] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, isLogged ? nil : (10, 0), nil)
            if isLogged {
                var denial = Denial(rule: .none, verdict: .drop, at: builder.startTime)
                denial.count = 5
                (builder.denials, builder.logged) = ([denial], (5, 0))
            }
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 10])
        #expect(result.evidence.contains("may mean these packets, and its counter rose by 10"))
    }

    /// A rule that may translate destinations, and one behind it.
    private static func rules(prerouting: String, forward: String) -> FirewallRuleset {
        FirewallRuleset(
            NFTRuleset(
                """
                table ip t {
                chain n {
                type nat hook prerouting priority dstnat; policy accept;
                \(prerouting)
                }
                chain c {
                type filter hook forward priority filter; policy accept;
                \(forward)
                }
                }
                """
            ).tables)
    }

    @Test(arguments: [true, false])
    func whatARuleDeniedWithAnotherDestinationItDeniedOfTheSessionThatCame(isTranslated: Bool) {
        let table = NameTable()
        let name = table.number(of: Array("y".utf8))
        let rules = Self.rules(
            prerouting: "ip daddr 10.96.0.11 tcp dport 53 \(isTranslated ? "dnat to 192.0.2.9:443" : "accept")",
            forward: #"tcp dport 443 log prefix "drop:y" group 100 counter packets 4 bytes 400 reject"#)
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
        for isLogged in [true, false] {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, isLogged ? nil : (4, 0), nil)
            if isLogged {
                var denial = Denial(rule: name, verdict: .reject, at: builder.startTime)
                denial.count = 4
                (builder.denials, builder.logged) = ([denial], (4, 0))
            } else {
                (builder.key.destination, builder.key.destinationPort) = (IPAddress(ipv4: 0x0a60_000b), 53)
            }
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == (isTranslated ? [.denied: 4] : [.unexplained: 8]))
        #expect(result.sessions.count == (isTranslated ? 1 : 2))
    }

    @Test func whatARuleDeniedOfACapturedSessionItDidNotDenyOfOthersFromItsPort() {
        // One socket for all: its packets to one host were denied and logged, those to another nobody knows why.
        let table = NameTable()
        let name = table.number(of: Array("y".utf8))
        let rules = Self.rules(
            prerouting: "tcp dport 80 dnat to 192.0.2.9:443",
            forward: #"ip daddr 192.0.2.9 log prefix "drop:y" group 100 counter packets 4 bytes 400 drop"#)
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        for port: UInt16 in [443, 80] {
            var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
            for (target, first, isLogged) in [(8, (4, 0), false), (9, (4, 0), false), (9, nil, true)]
                as [(UInt32, (UInt64, UInt64)?, Bool)]
            {
                var builder = SessionBuilder()
                (builder.tracked, builder.first, builder.second) = (nil, first, nil)
                builder.key.destination = IPAddress(ipv4: 0xc000_0200 | target)
                builder.key.destinationPort = port
                if isLogged {
                    var denial = Denial(rule: name, verdict: .drop, at: builder.startTime)
                    denial.count = 4
                    (builder.denials, builder.logged) = ([denial], (4, 0))
                }
                comparison.add(builder.compared)
            }
            let result = comparison.conclude()
            #expect(result.reasons[.denied] == 4)
            let denied = result.sessions.first { $0.reasons.contains(.denied) }
            #expect(denied?.session.record.original.destination == IPAddress(ipv4: 0xc000_0209))
        }
    }

    @Test func theCounterOfAnotherRuleIsItsOwn() {
        let rules = """
            tcp dport 82 log prefix "drop:y" group 100 counter packets 8 bytes 800 drop
            tcp dport 83 counter packets 8 bytes 800 drop
            """
        let result = Self.compare(Self.nft(rules))
        #expect(result.reasons == [.denied: 16])
        #expect(result.summary.ruleUses.map(\.packetCount) == [8])
    }

    /// Eight packets that a log says were denied, of a session of which so many came in, were counted and left.
    private static func logged(
        _ rules: String?, tracked: UInt64? = nil, entered: UInt64 = 8, left: UInt64? = 0,
        _ change: (inout ComparisonFacts) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let facts = someFacts {
            $0.rules = rules.map { rules in
                let rules = FirewallRuleset(nft(rules))
                return WatchedRuleset(before: rules.withoutCounts, after: rules)
            }
            change(&$0)
        }
        var builder = SessionBuilder()
        builder.key.transport = .udp
        (builder.tracked, builder.first, builder.second) = (tracked.map { ($0, 0) }, (entered, 0), left.map { ($0, 0) })
        var denial = Denial(rule: .none, verdict: .drop, at: builder.lastTime)
        denial.count = 8
        builder.denials = [denial]
        var comparison = Comparison(facts, names: someNames())
        comparison.add(builder.compared)
        return comparison.conclude()
    }

    @Test func whereTheRulesAreNotKnownALogIsNoProof() {
        let result = Self.logged(nil)
        #expect(result.reasons == [.denied: 8])
        #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [false])
        #expect(result.evidence.contains("what the rules do is not known: one that logs so may also let pass"))
    }

    @Test func whatShowsAnotherEndGoesBeforeTheLogOfARuleThatMayLetPass() {
        let log = "log prefix \"drop:\" group 100"
        for rules in [log, "\(log)\nmeta length > 900 accept\ndrop"] {
            let routeless = Self.logged(rules) { $0.route = { _ in .nowhere } }
            #expect(routeless.reasons == [.droppedAfterConntrack: 8], "\(rules)")
            // Behind conntrack, too.
            let dead = Self.logged(rules, tracked: 8) {
                $0.stackGrowth = StackCounters(["IpExtInNoRoutes": 8])
            }
            #expect(dead.reasons == [.droppedAfterConntrack: 8], "\(rules)")
            #expect(dead.evidence.contains("no route"))
        }
        #expect(Self.logged("\(log) drop") { $0.route = { _ in .nowhere } }.reasons == [.denied: 8])
    }

    @Test func ofPacketsThatARuleAlsoLogsWhereItLetsThemPassTheLogMayTellWhoDeniedTheOthers() {
        let result = Self.logged(
            "log prefix \"drop:\" group 100\nmeta length > 100 accept\ndrop", tracked: 3, entered: 8, left: 3)
        #expect(result.reasons == [.denied: 5])
        #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [false])
        #expect(result.evidence.contains("logs so, and may let them pass"))
    }

    @Test func aLogThatNoRuleWritesAnyMoreIsNoProof() {
        let result = Self.logged("udp dport 9 log prefix \"drop:other\" group 100 drop")
        #expect(result.reasons == [.denied: 8])
        #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [false])
        #expect(result.evidence.contains("no rule that stands there now logs so"))
    }

    @Test(arguments: ["udp dport 2 drop", "udp sport 5 udp dport 1-3 reject"])
    func rulesOfOtherPortsBehindALogSayNothingOfIt(other: String) {
        let log = "udp dport 443 log prefix \"drop:\" group 100"
        let denied = Self.logged("\(log)\n\(other)\nudp dport 443 drop")
        #expect(denied.sessions.flatMap(\.differences).map(\.isCertain) == [true])
        // One that surely passes is not told to have been denied, where nothing lacks.
        let passed = Self.logged("\(log)\n\(other)", tracked: 8, left: nil) { $0.interfaces = [SessionBuilder.client] }
        #expect(passed.reasons == [:])
    }

    @Test func whatAStandingRuleAndOneThatIsGoneLoggedIsToldOnceAndWhichIsGone() {
        let rules = FirewallRuleset(
            Self.nft("tcp dport 443 counter packets 4 bytes 400 log prefix \"drop:b\" group 100 drop"))
        let table = NameTable()
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (8, 0), nil)
        for name in ["a", "b"] {
            var denial = Denial(rule: table.number(of: Array(name.utf8)), verdict: .drop, at: builder.lastTime)
            denial.count = 4
            builder.denials.append(denial)
        }
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
        comparison.add(builder.compared)
        let result = comparison.conclude()
        #expect(result.sessions.flatMap(\.differences).filter { $0.reason == .denied }.map(\.packetCount) == [8])
        #expect(result.evidence.contains("rule a: no rule that stands there now logs so"))
    }

    @Test func withOneInterfaceTheLogOfARuleThatMayDenyIsAllThatTells() {
        for (rules, isTold) in [
            ("log prefix \"drop:\" group 100\nlimit rate 1/second drop", true),
            ("log prefix \"drop:\" group 100 accept", false),
        ] {
            let result = Self.logged(rules, tracked: 8, left: nil) { $0.interfaces = [SessionBuilder.client] }
            #expect(result.reasons == (isTold ? [.denied: 8] : [:]))
            #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        }
    }

    /// Three packets that each of two rules logged, and three others that a rule in front of conntrack dropped.
    @Test func aPacketThatTwoRulesLoggedIsDeniedOnce() {
        let text = """
            table ip t {
            chain early {
            type filter hook prerouting priority raw; policy accept;
            ip ttl 50 counter packets 3 bytes 300 drop
            }
            chain c {
            type filter hook forward priority filter; policy accept;
            log prefix "drop:a" group 100
            log prefix "drop:b" group 100
            counter packets 3 bytes 300 drop
            }
            }
            """
        let rules = FirewallRuleset(NFTRuleset(text).tables)
        let table = NameTable()
        let names = ["a", "b"].map { table.number(of: Array($0.utf8)) }
        for entered: UInt64 in [3, 6] {
            let facts = someFacts {
                $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
                $0.lanes.insert(.nflog)
            }
            var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
            for name in names {
                var attempt = SessionBuilder()
                (attempt.tracked, attempt.first, attempt.second, attempt.logged) = (nil, nil, nil, (3, 0))
                attempt.facts = [.live, .nflog, .denied]
                var denial = Denial(rule: name, verdict: .drop, at: attempt.startTime)
                denial.count = 3
                attempt.denials = [denial]
                comparison.add(attempt.compared)
            }
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = (nil, (entered, 0), nil)
            comparison.add(builder.compared)
            let result = comparison.conclude()
            let lacking = result.sessions.flatMap(\.differences).filter { $0.fewer == .conntrack }
            #expect(lacking.filter { $0.reason == .denied && $0.isCertain }.map(\.packetCount) == [3])
            #expect(lacking.map(\.packetCount).reduce(0, +) == entered)
            if entered == 6 { #expect(result.reasons[.droppedBeforeConntrack] == 3) }
            #expect(result.reasons[.unexplained] == nil, "\(result.evidence)")
            #expect(result.sessions.count == 1)
        }
    }

    /// What two rules logged in front of one that denies it counted once, and others besides.
    @Test func theCounterBehindTwoLogsStillExplainsWhatNeitherLogged() {
        let rules = FirewallRuleset(
            Self.nft(
                """
                tcp dport @s log prefix "drop:a" group 100
                tcp dport @s log prefix "drop:b" group 100
                tcp dport @s counter packets 8 bytes 800 drop
                """))
        let table = NameTable()
        let names = ["a", "b"].map { table.number(of: Array($0.utf8)) }
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
        for (port, count, isLogged) in [(82, 3, true), (83, 5, false)] as [(UInt16, UInt64, Bool)] {
            var builder = SessionBuilder()
            builder.key.destinationPort = port
            (builder.tracked, builder.first, builder.second) = (nil, (count, 0), nil)
            for name in isLogged ? names : [] {
                var denial = Denial(rule: name, verdict: .drop, at: builder.startTime)
                denial.count = count
                builder.denials.append(denial)
            }
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 8], "\(result.evidence)")
        #expect(result.summary.ruleUses.map(\.packetCount) == [5])
    }

    /// What two rules logged that mean different packets is not the same.
    @Test func theCounterBehindLogsOfDifferentPacketsExplainsNoOthers() {
        let rules = FirewallRuleset(
            Self.nft(
                """
                tcp flags syn log prefix "drop:a" group 100
                tcp flags ack log prefix "drop:b" group 100
                counter packets 8 bytes 800 drop
                """))
        let table = NameTable()
        let names = ["a", "b"].map { table.number(of: Array($0.utf8)) }
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
        for (port, count, isLogged) in [(82, 8, true), (83, 4, false)] as [(UInt16, UInt64, Bool)] {
            var builder = SessionBuilder()
            builder.key.destinationPort = port
            (builder.tracked, builder.first, builder.second) = (nil, (count, 0), nil)
            for name in isLogged ? names : [] {
                var denial = Denial(rule: name, verdict: .drop, at: builder.startTime)
                denial.count = 4
                builder.denials.append(denial)
            }
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 8, .unexplained: 4], "\(result.evidence)")
    }

    /// What one rule logged of two of three sessions is not for certain of any, where it counted no more.
    @Test(arguments: [(UInt64(6), false), (9, true)])
    func whatWasLoggedOfFewerThanWereCapturedIsSureWhereTheRuleCountedAll(growth: UInt64, isSure: Bool) {
        let counter = "counter packets \(growth) bytes \(growth * 100)"
        let rules = FirewallRuleset(Self.nft("tcp dport 443 log prefix \"drop:\" group 100 \(counter) drop"))
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
            $0.lanes.insert(.nflog)
        }
        var comparison = Comparison(facts, names: someNames())
        var attempt = SessionBuilder()
        (attempt.tracked, attempt.first, attempt.second, attempt.logged) = (nil, nil, nil, (6, 0))
        attempt.facts = [.live, .nflog, .denied, .sourcePortVaries]
        var denial = Denial(rule: .none, verdict: .drop, at: attempt.startTime)
        denial.count = 6
        attempt.denials = [denial]
        comparison.add(attempt.compared)
        for port: UInt16 in 1...3 {
            var builder = SessionBuilder()
            builder.key.sourcePort = port
            (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
            comparison.add(builder.compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == (isSure ? [.denied: 9] : [.denied: 6, .unexplained: 3]))
        #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain == isSure })
    }

    /// Sessions of three packets to these ports, and what two rules that deny by themselves logged of each of two of them: three packets, with
    /// any ports of a scan.
    private static func scan(_ test: String, to ports: [UInt16]) -> ComparisonOutcome {
        let rules = FirewallRuleset(
            Self.nft(
                """
                \(test) log prefix "drop:a" group 100 counter packets 3 bytes 300 drop
                tcp dport 80-90 log prefix "drop:b" group 100 counter packets 3 bytes 300 drop
                """))
        let table = NameTable()
        let names = ["a", "b"].map { table.number(of: Array($0.utf8)) }
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
            $0.lanes.insert(.nflog)
        }
        var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: InterfaceNames()))
        for name in names {
            var attempt = SessionBuilder()
            (attempt.tracked, attempt.first, attempt.second, attempt.logged) = (nil, nil, nil, (3, 0))
            attempt.facts = [.live, .nflog, .denied, .sourcePortVaries, .destinationPortVaries]
            var denial = Denial(rule: name, verdict: .drop, at: attempt.startTime)
            denial.count = 3
            attempt.denials = [denial]
            attempt.denials.scannedPorts = 80...99
            comparison.add(attempt.compared)
        }
        for port in ports {
            var builder = SessionBuilder()
            builder.key.destinationPort = port
            (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
            comparison.add(builder.compared)
        }
        return comparison.conclude()
    }

    @Test(arguments: [("tcp dport 81", true), ("meta length 100", false)])
    func whatTwoRulesLoggedOfOtherPacketsIsDeniedOfEach(test: String, isSure: Bool) {
        let result = Self.scan(test, to: [82, 81])
        #expect(result.reasons == [.denied: 6])
        let differences = result.sessions.flatMap(\.differences)
        #expect(differences.map(\.isCertain) == [isSure, isSure])
        #expect(Set(differences.map { $0.evidence.contains { $0.hasPrefix("rule a ") } }).count == 2)
    }

    /// What no rule meant that logs, something else took.
    @Test func whatWasLoggedOfAScanIsNotOfPortsThatItsRulesDoNotMean() {
        let result = Self.scan("tcp dport 81", to: [95, 82, 81])
        #expect(result.reasons == [.denied: 6, .unexplained: 3])
        let other = result.sessions.filter { $0.session.record.original.destinationPort == 95 }
        #expect(other.flatMap(\.differences).map(\.reason) == [.unexplained])
    }

    /// Of two sessions one was logged: nobody knows which.
    @Test func whatWasLoggedOfOneSessionOfSeveralIsNoProofForAny() {
        let result = Self.scan("tcp dport 9", to: [82, 83])
        let denied = result.sessions.flatMap(\.differences).filter { $0.reason == .denied }
        #expect(denied.map(\.isCertain) == [false])
        let unknown = Self.scan("meta length 100", to: [82, 83, 84])
        #expect(unknown.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(unknown.evidence.contains("it may be the log of other sessions of this source"))
    }

    @Test func howManyWereDeniedForSureTheRulesTellThatLogThem() {
        let own = "meta length < 90 log prefix \"drop:a\" group 100 drop\nlog prefix \"drop:\" group 100 drop"
        let log = "log prefix \"drop:\" group 100"
        // What one rule drops comes to no other; what two log that do not may be one packet.
        for (rules, sure) in [(own, UInt64(8)), ("\(log)\n\(log)\ndrop", 4), ("\(log)\ndrop", 8)] {
            let result = Self.logged(rules)
            let denied = result.sessions.flatMap(\.differences).filter { $0.reason == .denied }
            #expect(denied.filter(\.isCertain).map(\.packetCount) == [sure], "\(rules) \(denied)")
        }
    }

    @Test func whatALogMeantBeforeRulesCameAndWentIsNotSure() {
        let log = "udp dport 443 log prefix \"drop:\" group 100"
        let other = "udp dport 444 log prefix \"drop:\" group 100"
        for (before, after, doubt) in [
            ("\(log) drop", "\(log) drop", nil), ("\(other) drop\n\(log) drop", "\(log) drop", nil),
            ("\(other) accept\n\(log) drop", "\(log) drop", "which logged so, too, is gone"),
            ("\(log)\nudp sport 9 accept\nudp dport 443 drop", "\(log)\nudp dport 443 drop", "what came behind rule"),
            ("", "\(log) drop", "the rule that logs so is new"),
            ("\(log)\naccept", "\(log)\nudp dport 443 drop", "drop, which refuses what is logged so, is new"),
        ] as [(String, String, String?)] {
            let result = Self.logged("") {
                $0.rules = WatchedRuleset(
                    before: FirewallRuleset(Self.nft(before)), after: FirewallRuleset(Self.nft(after)))
            }
            #expect(result.reasons == [.denied: 8], "\(before)")
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [doubt == nil], "\(before)")
            if let doubt { #expect(result.evidence.contains(doubt), "\(result.evidence)") }
        }
    }

    /// Where nftables' generation is another one, and the rules are the same, one may have come and gone.
    @Test(arguments: [UInt32(7), 9])
    func noRuleIsCertainWhereOneMayHaveComeAndGone(generation: UInt32) {
        var rules = FirewallRuleset(
            Self.nft("udp dport 443 counter packets 8 bytes 800 log prefix \"drop:\" group 100 drop"))
        rules.generation = generation
        var before = rules.withoutCounts
        before.generation = 7
        let facts = someFacts { $0.rules = WatchedRuleset(before: before, after: rules) }
        let byLog = Self.logged("") { $0.rules = facts.rules }
        var builder = SessionBuilder()
        builder.key.transport = .udp
        (builder.tracked, builder.first, builder.second) = (nil, (8, 0), nil)
        var comparison = Comparison(facts, names: someNames())
        comparison.add(builder.compared)
        let byCounter = comparison.conclude()
        for result in [byLog, byCounter] {
            #expect(result.reasons == [.denied: 8])
            #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [generation == 7])
            #expect(result.evidence.contains("a rule that came and went may have decided, too") == (generation != 7))
        }
    }
}
