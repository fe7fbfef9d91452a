import Comparison
import FlowModel
import Testing
import Wire

/// Sessions that pass more interfaces than two, or one twice.
struct RouteComparisonTests {
    private static let uplink: InterfaceIndex = 4

    /// A session that conntrack has 10 and 8 packets of, with what each tap saw of it: there, back, and from when to when in seconds.
    private static func compareTaps(
        tracked: (UInt64, UInt64)? = (10, 8),
        _ taps: [(InterfaceIndex, FrameDirection, UInt64, UInt64, ClosedRange<Int64>)]
    ) -> ComparisonOutcome {
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (tracked, nil, nil)
        var compared = builder.compared
        for (number, (interface, way, there, back, span)) in taps.enumerated() {
            var lane = TapLane(tap: Tap(interface: interface, direction: way))
            var timed = builder
            (timed.startTime, timed.lastTime) = (
                Timestamp(seconds: span.lowerBound, nanoseconds: 0), Timestamp(seconds: span.upperBound, nanoseconds: 0)
            )
            (lane.original, lane.reply) = (timed.frames(there), timed.frames(back))
            if number < 2 { compared.session.taps.append(lane) } else { compared.session.taps.appendFurther(lane) }
        }
        var comparison = Comparison(
            someFacts { $0.interfaces = [SessionBuilder.client, SessionBuilder.server, uplink] }, names: someNames())
        comparison.add(compared)
        return comparison.conclude()
    }

    @Test func answersThatLeaveByAnotherInterfaceThanTheQuestionsCameByAreNotMissing() {
        let result = Self.compareTaps([
            (SessionBuilder.client, .ingress, 10, 0, 1010...1020), (SessionBuilder.server, .egress, 10, 8, 1010...1020),
            (Self.uplink, .ingress, 0, 8, 1010...1020),
        ])
        #expect(result.sessions.isEmpty)
        #expect(result.summary.capture.packetShare == 100_000)
        #expect(result.summary.totals[.packet]?.packetCount == 18)
    }

    @Test func twoUplinksThatTakeTurnsShowASessionTogether() {
        let result = Self.compareTaps([
            (SessionBuilder.client, .ingress, 10, 8, 1010...1020), (SessionBuilder.server, .egress, 6, 5, 1010...1014),
            (Self.uplink, .egress, 4, 3, 1015...1020),
        ])
        #expect(result.sessions.isEmpty)
        // At the same time, each a part.
        let both = Self.compareTaps([
            (SessionBuilder.client, .ingress, 10, 8, 1010...1020), (SessionBuilder.server, .egress, 6, 5, 1010...1020),
            (Self.uplink, .egress, 4, 3, 1010...1020),
        ])
        #expect(both.sessions.isEmpty)
    }

    @Test func aBridgeAndItsPortShowTheSamePackets() {
        let result = Self.compareTaps([
            (SessionBuilder.client, .ingress, 10, 8, 1010...1020), (SessionBuilder.server, .egress, 10, 8, 1010...1020),
            (Self.uplink, .ingress, 10, 8, 1010...1020),
        ])
        #expect(result.sessions.isEmpty)
        let unknown = Self.compareTaps(
            tracked: nil,
            [
                (SessionBuilder.client, .ingress, 10, 0, 1010...1020), (Self.uplink, .ingress, 10, 0, 1010...1020),
            ])
        #expect(unknown.reasons == [.unexplained: 10])
    }

    @Test func whatABridgesPortSeesAndTheBridgeDoesNotWasDroppedBetweenThem() {
        let result = Self.compareTaps([
            (SessionBuilder.client, .ingress, 16, 8, 1010...1020), (SessionBuilder.server, .egress, 10, 8, 1010...1020),
            (Self.uplink, .ingress, 10, 8, 1010...1020),
        ])
        #expect(result.reasons == [.unexplained: 6])
        #expect(result.evidence.contains("before conntrack"))
    }

    @Test func whatALoopbackSplitsOnItsWayOutIsAggregated() {
        // Conntrack has counted one packet of 30,000 bytes; on its way out it became two of the same payload.
        var builder = SessionBuilder()
        builder.tracked = (10, 8)
        var compared = builder.compared
        compared.session.record.counters.original = Counters(packetCount: 9, byteCount: 30_000)
        compared.session.taps = Taps()
        for way in [FrameDirection.ingress, .egress] {
            var lane = TapLane(tap: Tap(interface: SessionBuilder.client, direction: way))
            lane.original.seen = Counters(packetCount: 10, byteCount: 30_052)
            lane.original.whole = lane.original.seen
            lane.original.headerByteCount = 520
            (lane.original.first, lane.original.last) = (builder.startTime, builder.lastTime)
            lane.reply = builder.frames(8)
            compared.session.taps.append(lane)
        }
        var comparison = Comparison(someFacts(), names: someNames())
        comparison.add(compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.aggregated: 1])
        #expect(result.evidence.contains("52 bytes of headers"))
    }

    @Test func anInterfaceThatWasMadeAnewIsTheOneThatIsCaptured() {
        let table = NameTable()
        let name = table.number(of: Array("lan0".utf8))
        var interfaces = InterfaceNames()
        (interfaces[SessionBuilder.client], interfaces[Self.uplink]) = (name, name)
        let facts = someFacts {
            $0.interfaces = [Self.uplink]
            $0.lanes.insert(.nflog)
        }
        var builder = SessionBuilder()
        (builder.first, builder.second, builder.logged) = ((6, 8), nil, (10, 8))
        var comparison = Comparison(facts, names: NameBook(names: table.snapshot, interfaces: interfaces))
        comparison.add(builder.compared)
        #expect(comparison.conclude().reasons == [.unexplained: 4])
    }

    @Test func savefilesOfDifferentPeriodsAreHeldAgainstEachOtherWhereTheyMeet() {
        func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds, nanoseconds: 0) }
        let facts = someFacts {
            ($0.start, $0.end) = (time(1000), time(1100))
            $0.spans = [.packet: time(1000)...time(1100), .conntrack: time(1050)...time(1200)]
            $0.rules = nil
        }
        func outcome(_ change: (inout SessionBuilder) -> Void) -> ComparisonOutcome { compare(facts, change) }
        // Captured before conntrack's recording began; told by conntrack when the capture had ended; both.
        let early = outcome { $0.tracked = nil }
        #expect(early.summary.outsideCount == 1 && early.sessions.isEmpty)
        let late = outcome {
            ($0.startTime, $0.lastTime) = (time(1150), time(1160))
            ($0.first, $0.second) = (nil, nil)
        }
        #expect(late.summary.outsideCount == 1 && late.sessions.isEmpty)
        let shared = outcome {
            ($0.startTime, $0.lastTime) = (time(1060), time(1070))
            $0.tracked = nil
        }
        #expect(shared.summary.outsideCount == 0 && shared.reasons == [.untracked: 18])
    }

    @Test func whereRoutesToADestinationChangedNoRuleBehindTheRoutingIsSure() throws {
        func certainties(_ test: String, _ changes: RouteChanges, hook: String = "forward") -> [Bool] {
            let head = "type filter hook \(hook) priority \(hook == "forward" ? 0 : -300); policy accept;"
            let text = "table inet t {\nchain c {\n\(head)\n\(test) counter packets 3 bytes 300 drop\n}\n}"
            return RulesetTrial.denied(
                NFTRuleset(text).tables,
                facts: {
                    $0.routeChanges = changes
                    $0.routing = RoutingPolicy()
                    $0.route = { _ in .interface(SessionBuilder.server) }
                }
            ).sessions.flatMap(\.differences).map(\.isCertain)
        }
        var near = RouteChanges()
        near.note(IPPrefix(SessionBuilder().key.destination, family: .ipv4, length: 24))
        var far = RouteChanges()
        far.note(IPPrefix(IPAddress(ipv4: 0xcb00_7100), family: .ipv4, length: 24))
        far.note(IPPrefix(IPAddress(high: 0, low: 0), family: .ipv6, length: 0))
        let byWay = "oifname \"wan0\" tcp dport 443"
        for (changes, isSure) in [
            (RouteChanges(), true), (far, true), (near, false), (RouteChanges(concernsAll: true), false),
        ] {
            #expect(certainties(byWay, changes) == [isSure])
            // It may have been for the host itself then.
            #expect(certainties("tcp dport 443", changes) == [isSure])
            #expect(certainties("tcp dport 443", changes, hook: "prerouting") == [true])
        }
        // A rule of the routing that asks for the DSCP may have sent them anywhere.
        let picked = RulesetTrial.forward("tcp dport 443 counter packets 3 bytes 300 drop") { _ in
        } facts: {
            $0.routing = RoutingPolicy(ruledFamilies: [.ipv4], pickedFamilies: [.ipv4])
        }
        #expect(picked.sessions.flatMap(\.differences).map(\.isCertain) == [false])
    }
}
