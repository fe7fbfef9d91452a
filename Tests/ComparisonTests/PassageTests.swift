import Comparison
import FlowModel
import Testing

/// What came in, and did not leave by where it should have.
struct PassageTests {
    private static let own = LocalAddresses(
        [IPAddress(ipv4: 0x0a00_0001)], of: [SessionBuilder.client, SessionBuilder.server])

    @Test func whatShouldHaveLeftByACapturedInterfaceAndDidNotWasDropped() {
        func reasons(_ answer: RouteQuestion.Answer, interfaces: Set<InterfaceIndex> = [2, 3]) -> [DifferenceReason:
            UInt64]
        {
            compare(
                someFacts {
                    $0.ownAddresses = Self.own
                    $0.interfaces = interfaces
                    $0.route = { _ in answer }
                }
            ) { ($0.tracked, $0.first, $0.second) = ((4, 0), (4, 0), nil) }.reasons
        }
        #expect(reasons(.interface(SessionBuilder.server)) == [.droppedAfterConntrack: 4])
        #expect(reasons(.interface(SessionBuilder.server), interfaces: [SessionBuilder.client]).isEmpty)
        #expect(reasons(.host).isEmpty)
    }

    /// What came in is held against what left though conntrack has no counters.
    @Test func withoutCountersOfConntracksWhatCameInAndDidNotLeaveWasDropped() {
        func outcome(_ hook: NetfilterHook, _ priority: Int, growth: UInt64) -> ComparisonOutcome {
            let rules = watched([
                rule(.drop, at: HookPlace(hook, priority), conditions: ["ttl 50"], growth: growth, text: "ttl 50 drop")
            ])
            return compare(
                someFacts {
                    $0.accountingIsOn = false
                    $0.rules = rules
                }
            ) {
                $0.facts.remove(.counters)
                ($0.first, $0.second) = ((10, 8), (6, 8))
            }
        }
        #expect(outcome(.forward, 0, growth: 4).reasons == [.accountingOff: 18, .droppedAfterConntrack: 4])
        #expect(outcome(.prerouting, -300, growth: 4).reasons == [.accountingOff: 18, .droppedBeforeConntrack: 4])
        let none = outcome(.forward, 0, growth: 0)
        #expect(none.evidence.contains("4 packets that came in did not leave by wan0"))
    }

    @Test func whatTookAnotherWayAmidTheSessionWasNotDropped() {
        func reasons(_ way: InterfaceIndex) -> [DifferenceReason: UInt64] {
            compare(
                someFacts {
                    $0.ownAddresses = Self.own
                    $0.route = { _ in .interface(way) }
                }
            ) { ($0.tracked, $0.first, $0.second) = ((10, 0), (10, 0), (4, 0)) }.reasons
        }
        #expect(reasons(9) == [.otherInterface: 6])
        #expect(reasons(SessionBuilder.server) == [.droppedAfterConntrack: 6])
        // What is captured there may be a part of that interface, as a bridge's port is.
        let part = compare(
            someFacts {
                $0.ownAddresses = LocalAddresses([IPAddress(ipv4: 0x0a00_0001)], of: [SessionBuilder.client])
                $0.route = { _ in .interface(9) }
            }
        ) { ($0.tracked, $0.first, $0.second) = ((10, 0), (10, 0), (4, 0)) }
        #expect(part.reasons == [.droppedAfterConntrack: 6])
    }

    @Test func anInterfaceThatWasDownIsNamedWhereNoRuleExplainsIt() {
        let result = compare(someFacts { $0.downInterfaceNames = ["wan0"] }) {
            ($0.tracked, $0.first, $0.second) = ((10, 0), (10, 0), (4, 0))
        }
        #expect(result.evidence.contains("wan0 was down for a while"))
        // The first ones found no route, and conntrack kept nothing of them.
        let early = compare(someFacts { $0.downInterfaceNames = ["wan0"] }) {
            ($0.tracked, $0.first, $0.second) = ((8, 0), (10, 0), (4, 0))
        }
        #expect(early.reasons == [.unexplained: 2, .droppedAfterConntrack: 4])
        #expect(early.evidence.contains("4 packets that came in, and that conntrack counted, did not leave by wan0"))
        let routeless = compare(
            someFacts {
                ($0.downInterfaceNames, $0.routeChanges) = (["wan0"], RouteChanges(concernsAll: true))
                $0.stackGrowth = StackCounters(["IpExtInNoRoutes": 6])
            }
        ) { ($0.tracked, $0.first, $0.second) = ((8, 0), (10, 0), (4, 0)) }
        #expect(routeless.reasons == [.droppedAfterConntrack: 6])
        #expect(routeless.evidence.contains("IpExtInNoRoutes rose by 6 (no route)\nwan0 was down for a while"))
    }

    @Test func packetsThatTheHostDidNotAnswerMayHaveMetTheSameEndAsOthers() {
        var comparison = Comparison(
            someFacts { $0.route = { _ in .interface(SessionBuilder.server) } }, names: someNames())
        for (port, errors) in [(UInt16(33_434), UInt32(1)), (33_435, 0)] {
            var builder = SessionBuilder()
            builder.key.destinationPort = port
            (builder.tracked, builder.first, builder.second) = (nil, (1, 0), nil)
            var compared = builder.compared
            compared.session.taps.first?.original.errorCount = errors
            comparison.add(compared)
        }
        let result = comparison.conclude()
        #expect(result.reasons == [.droppedAfterConntrack: 1, .unexplained: 1])
        #expect(result.evidence.contains("other packets between these two"))
    }

    @Test func aNextHostThatDoesNotAnswerIsNamed() {
        for (host, name) in [
            (0xc000_0209 as UInt32, "192.0.2.9 does"), (0xc000_02fe, "192.0.2.254, the next on their way, does"),
        ] {
            let result = compare(
                someFacts {
                    $0.routing = RoutingPolicy()
                    $0.route = { _ in .interface(SessionBuilder.server) }
                    $0.silentNeighbour = { $0.inInterface == SessionBuilder.client ? IPAddress(ipv4: host) : nil }
                }
            ) { ($0.tracked, $0.first, $0.second) = ((4, 0), (4, 0), nil) }
            #expect(result.reasons == [.droppedAfterConntrack: 4])
            #expect(result.evidence.contains("\(name) not answer who looks for it on the link, as ip neigh says"))
        }
    }

    @Test func packetsOfTheHostsOwnThatDidNotLeaveDidNotTakeAnotherWay() {
        func reasons(_ way: InterfaceIndex) -> [DifferenceReason: UInt64] {
            compare(
                someFacts {
                    $0.ownAddresses = LocalAddresses(
                        [SessionBuilder().key.source], of: [SessionBuilder.client, SessionBuilder.server])
                    $0.route = { _ in .interface(way) }
                }
            ) { ($0.tracked, $0.first, $0.second) = ((4, 0), nil, nil) }.reasons
        }
        #expect(reasons(SessionBuilder.server) == [.droppedAfterConntrack: 4])
        #expect(reasons(9) == [.otherInterface: 4])
    }

    @Test func whatIsForTheHostItselfDoesNotLeave() {
        let facts = someFacts {
            $0.ownAddresses = LocalAddresses(
                [SessionBuilder().key.destination], of: [SessionBuilder.client, SessionBuilder.server])
            $0.route = { _ in .host }
        }
        #expect(compare(facts) { ($0.tracked, $0.first, $0.second) = ((4, 0), (4, 0), nil) }.sessions.isEmpty)
    }

    @Test func theFirewallsOwnErrorsTellThatItCouldNotPassPacketsOn() {
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
        var compared = builder.compared
        compared.session.taps.first?.original.errorCount = 2
        var comparison = Comparison(
            someFacts { $0.route = { _ in .interface(SessionBuilder.server) } }, names: someNames())
        comparison.add(compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.droppedAfterConntrack: 2, .unexplained: 1])
        #expect(result.evidence.contains("answered 2 of its packets with ICMP errors"))
    }

    @Test func packetsThatTheFirewallAnsweredWithErrorsWereNotPassedOnThoughOthersWere() {
        func outcome(tracked: UInt64) -> ComparisonOutcome {
            var builder = SessionBuilder()
            (builder.tracked, builder.second) = ((tracked, 8), (7, 8))
            var compared = builder.compared
            compared.session.taps.first?.original.errorCount = 2
            var comparison = Comparison(someFacts(), names: someNames())
            comparison.add(compared)
            return comparison.conclude()
        }
        // Conntrack keeps nothing of a first packet that does not leave.
        #expect(outcome(tracked: 7).reasons == [.droppedAfterConntrack: 2, .unexplained: 1])
        let counted = outcome(tracked: 10)
        #expect(counted.reasons == [.droppedAfterConntrack: 3])
        #expect(counted.evidence.contains("the firewall itself answered 2 of its packets"))
    }

    @Test func eachErrorAccountsForOnePacket() {
        func outcome(_ rules: [PlacedRule], tracked: UInt64) -> ComparisonOutcome {
            var builder = SessionBuilder()
            (builder.tracked, builder.second) = ((tracked, 8), (6, 8))
            var compared = builder.compared
            compared.session.taps.first?.original.errorCount = 2
            var comparison = Comparison(someFacts { $0.rules = watched(rules) }, names: someNames())
            comparison.add(compared)
            return comparison.conclude()
        }
        // Two that conntrack counted were answered: nobody knows what became of the other two.
        #expect(outcome([], tracked: 8).reasons == [.droppedAfterConntrack: 2, .unexplained: 2])
        // A rule that rejects sends them.
        let rejected = outcome([rule(.reject, port: 443, growth: 2)], tracked: 10)
        #expect(rejected.reasons == [.droppedAfterConntrack: 4])
        #expect(!rejected.evidence.contains("the firewall itself answered"))
    }

    @Test func whatComesInByTwoUplinksIsAddedUpThoughSomeOfItWasDropped() {
        func reasons(of growth: UInt64, over lowers: [InterfaceIndex: InterfaceIndex], each count: UInt64 = 10)
            -> [DifferenceReason: UInt64]
        {
            var builder = SessionBuilder()
            (builder.tracked, builder.first, builder.second) = ((14, 0), (count, 0), nil)
            var compared = builder.compared
            var lane = TapLane(tap: Tap(interface: 4, direction: .ingress))
            lane.original = builder.frames(count)
            compared.session.taps.append(lane)
            lane = TapLane(tap: Tap(interface: SessionBuilder.server, direction: .egress))
            lane.original = builder.frames(14)
            compared.session.taps.appendFurther(lane)
            let facts = someFacts {
                $0.ownAddresses = LocalAddresses(
                    [], of: [SessionBuilder.client, SessionBuilder.server, 4],
                    stack: InterfaceStack(lowers.mapValues { .init(.other, lower: $0) }))
                $0.rules = watched([rule(.drop, at: HookPlace(.prerouting, -300), port: 443, growth: growth)])
            }
            var comparison = Comparison(facts, names: someNames())
            comparison.add(compared)
            return comparison.conclude().reasons
        }
        #expect(reasons(of: 6, over: [:]) == [.droppedBeforeConntrack: 6])
        // Where each shows all that conntrack counted, they show the same.
        #expect(reasons(of: 6, over: [:], each: 14).isEmpty)
        // A VLAN and its trunk show the same packets.
        #expect(reasons(of: 6, over: [4: SessionBuilder.client])[.droppedBeforeConntrack] == nil)
        #expect(reasons(of: 6, over: [4: 7, 7: SessionBuilder.client])[.droppedBeforeConntrack] == nil)
    }

    @Test func anotherUplinkThatLoggedPacketsShowIsNotTakenForADrop() {
        let facts = someFacts {
            $0.interfaces = [SessionBuilder.client, 9]
            $0.lanes.insert(.nflog)
        }
        let result = compare(facts) { ($0.second, $0.logged) = ((7, 8), (10, 8)) }
        #expect(result.reasons[.droppedAfterConntrack] == nil)
        #expect(result.reasons[.otherInterface] == 3)
        let unnamed = compare { $0.second = (7, 8) }
        #expect(unnamed.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
    }
}
