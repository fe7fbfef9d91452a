import FlowModel
import Flows
import Testing
import Wire

struct FlowTableTests {
    static let opening = [UInt8].ipv4(6, .tcp(51514, 443, flags: 0x02))
    static let web = FlowKey(
        source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 51514,
        destinationPort: 443, transport: .tcp, family: .ipv4)

    @Test
    func withoutFramesThereAreNoFlows() {
        var table = FlowTable(seed: (1, 2))
        var batch = ObservationBatch()
        let isMore = table.drain(into: &batch)
        #expect(!isMore)
        #expect(batch.isEmpty)
    }

    @Test
    func framesForOtherHostsAreLeftOutOnlyWhereThatIsWished() {
        var facts = FrameFacts.raw(Self.opening)
        facts.isForOtherHost = true
        var all = Watch()
        all.see(Self.opening, facts)
        #expect(all.drain().count == 1)
        #expect((all.figures.frameCount, all.figures.foreignCount) == (1, 0))
        var own = Watch(foreignFrames: ForeignFrames(at: 1) { _, _ in nil })
        own.see(Self.opening, facts)
        own.see(Self.opening, .raw(Self.opening))
        #expect(own.drain().map(\.forward.seen.packetCount) == [1])
        #expect((own.figures.frameCount, own.figures.foreignCount) == (2, 1))
    }

    @Test
    func ofFramesForOtherHostsThoseAreCountedThatTheHostTakesFromTheInterface() {
        let stack = InterfaceStack([
            3: .init(.other), 4: .init(.other), 5: .init(.upper, address: 0x0200_0000_0009, lower: 3),
        ])
        func flows(to last: UInt8, by interface: InterfaceIndex) -> Int {
            let frame: [UInt8] = [2, 0, 0, 0, 0, last, 2, 0, 0, 0, 0, 7, 8, 0] + Self.opening
            var facts = FrameFacts.ethernet(frame)
            (facts.isForOtherHost, facts.interface) = (true, interface)
            var watch = Watch(foreignFrames: ForeignFrames(at: 1) { time, _ in (stack, time) })
            watch.see(frame, facts)
            return watch.drain().count
        }
        #expect(flows(to: 9, by: 3) == 1)
        #expect(flows(to: 8, by: 3) == 0)
        #expect(flows(to: 9, by: 4) == 0)
    }

    @Test
    func bothDirectionsAtOneInterfaceAreOneFlow() throws {
        var watch = Watch()
        let data = [UInt8].ipv4(6, .tcp(51514, 443, flags: 0x10) + [UInt8](repeating: 0, count: 100))
        let answer = [UInt8].answer(to: .ipv4(6, .tcp(51514, 443, flags: 0x12)))
        watch.see(Self.opening, .raw(Self.opening, at: 1))
        watch.see(answer, .raw(answer, at: 2, .egress))
        watch.see(data, .raw(data, at: 3))
        let flows = watch.drain()
        let flow = try #require(flows.first)
        #expect(flows.count == 1)
        #expect(flow.key == Self.web)
        #expect(flow.tap == Tap(interface: 3, direction: .ingress))
        #expect(flow.facts == [.isFirst, .opensConnection])
        #expect(flow.forward.seen == Counters(packetCount: 2, byteCount: 180))
        #expect(flow.forward.headerByteCount == 80)
        #expect(flow.backward.seen == Counters(packetCount: 1, byteCount: 40))
        #expect(flow.first == Timestamp(seconds: 1, nanoseconds: 0))
        #expect(flow.forward.last == Timestamp(seconds: 3, nanoseconds: 0))
        #expect(watch.figures.frameCount == 3)
    }

    @Test
    func anAnswerThatIsSeenFirstIsNotTakenForTheBeginning() throws {
        var watch = Watch()
        let answer = [UInt8].answer(to: .ipv4(6, .tcp(51514, 443, flags: 0x12)))
        watch.see(answer, .raw(answer, .egress))
        let reply = [UInt8].ipv4(1, .icmp(0, 0, [0x12, 0x34, 0, 1]))
        watch.see(reply, .raw(reply, .egress))
        let flows = watch.drain()
        #expect(flows.count == 2)
        #expect(flows.first?.key == Self.web)
        #expect(flows.first?.tap.direction == .ingress)
        #expect(flows.first?.backward.seen.packetCount == 1)
        #expect(flows.last?.key.icmpType == 8)
        #expect(flows.last?.backward.seen.packetCount == 1)
    }

    @Test
    func whatPassesTwoInterfacesOrOneTwiceAreFlowsOfTheirOwn() {
        var watch = Watch()
        watch.see(Self.opening, .raw(Self.opening, by: 3, .ingress))
        watch.see(Self.opening, .raw(Self.opening, by: 4, .egress))
        watch.see(Self.opening, .raw(Self.opening, by: 3, .egress))
        let taps = watch.drain().map(\.tap)
        #expect(
            taps == [
                Tap(interface: 3, direction: .ingress), Tap(interface: 4, direction: .egress),
                Tap(interface: 3, direction: .egress),
            ])
    }

    /// A mirror port shows what is routed from one VLAN to another twice.
    @Test
    func onePacketInTwoVLANsIsOfTwoFlows() {
        var watch = Watch()
        let frame = [UInt8].ethernet(Self.opening)
        for vlan in [10, 20, 10] as [UInt16] { watch.see(frame, .ethernet(frame, vlan: 0x2000 | vlan)) }
        let flows = watch.drain()
        #expect(flows.map(\.forward.seen.packetCount) == [2, 1])
        #expect(flows.map(\.vlans) == [VLANs(forward: 10), VLANs(forward: 20)])
    }

    /// Some mirror ports keep the tags of what comes in and not of what goes out.
    @Test
    func aWayWithoutATagBelongsToTheOneThatHasIt() throws {
        var watch = Watch()
        let frame = [UInt8].ethernet(Self.opening)
        let answer = [UInt8].ethernet(.answer(to: .ipv4(6, .tcp(51514, 443, flags: 0x12))))
        var facts = FrameFacts.ethernet(frame, vlan: 10)
        watch.see(frame, facts)
        facts = .ethernet(answer)
        facts.direction = .egress
        watch.see(answer, facts)
        let flows = watch.drain()
        let flow = try #require(flows.first)
        #expect(flows.count == 1)
        #expect(flow.vlans == VLANs(forward: 10, backward: 0))
        #expect(flow.backward.seen.packetCount == 1)
    }

    @Test
    func onlyWhatCameSinceTheLastWordIsTold() throws {
        var watch = Watch()
        watch.see(Self.opening, .raw(Self.opening, at: 1))
        let (once, twice) = (watch.drain(), watch.drain())
        #expect(once.count == 1)
        #expect(twice.isEmpty)
        watch.see(Self.opening, .raw(Self.opening, at: 9))
        let again = watch.drain()
        let flow = try #require(again.first)
        #expect(flow.forward.seen.packetCount == 1)
        #expect(flow.first == Timestamp(seconds: 9, nanoseconds: 0))
        #expect(flow.facts == .opensConnection, "not the first word, and still of the connection that was opened")
    }

    @Test
    func aConnectionThatIsOverAndTheNextOneOfItsPortsAreTwoFlows() {
        var watch = Watch()
        func segment(_ flags: UInt8) -> [UInt8] { .ipv4(6, .tcp(51514, 443, flags: flags)) }
        let (end, last, answer) = (segment(0x11), segment(0x10), [UInt8].answer(to: segment(0x11)))
        watch.see(Self.opening, .raw(Self.opening))
        watch.see(end, .raw(end))
        watch.see(answer, .raw(answer, .egress))
        watch.see(last, .raw(last))
        watch.see(Self.opening, .raw(Self.opening))
        let flows = watch.drain()
        #expect(flows.map(\.forward.seen.packetCount) == [3, 1])
        #expect(flows.map { $0.facts.contains(.closed) } == [true, false])
        #expect(flows.map { $0.facts.contains(.isFirst) } == [true, true])
        let reset = segment(0x04)
        watch.see(reset, .raw(reset))
        let torn = watch.drain()
        #expect(torn.first?.facts.contains(.closed) == true)
    }

    @Test
    func flowsBeyondTheLimitAreToldEarlyAndNothingIsLost() {
        var watch = Watch(limit: 16)
        for round in 0..<3 {
            for port in 0..<100 as Range<UInt16> {
                let packet = [UInt8].ipv4(17, .ports(1000 + port, 53))
                watch.see(packet, .raw(packet, at: Int64(round)))
            }
        }
        let flows = watch.drain()
        #expect(flows.map(\.forward.seen.packetCount).reduce(0, +) == 300)
        #expect(Set(flows.map(\.key)).count == 100)
        #expect(watch.figures.earlyFlowCount == 300 - 16)
    }

    @Test
    func manyFlowsAreHandedOnInParts() {
        var watch = Watch()
        for number in 0..<10_000 as Range<UInt32> {
            var packet = [UInt8].ipv4(17, .ports(4000, 53))
            packet.overwrite(at: 12, with: [UInt8](big: number))
            watch.see(packet, .raw(packet))
        }
        var batch = ObservationBatch()
        let isMore = watch.table.drain(into: &batch)
        #expect(isMore)
        #expect(batch.flows.count == FlowTable.drainLimit)
        let rest = watch.drain()
        #expect(batch.flows.count + rest.count == 10_000)
    }

    /// Handing on is what many flows cost most: of very many the busy ones gather for longer, and what may have ended does not wait.
    @Test
    func ofVeryManyFlowsTheBusyOnesGatherForLonger() {
        var watch = Watch()
        let count = UInt32(FlowTable.busyLimit) + 4000
        func see(_ numbers: Range<UInt32>, at second: Int64) {
            for number in numbers {
                var packet = [UInt8].ipv4(17, .ports(4000, 53))
                packet.overwrite(at: 12, with: [UInt8](big: number))
                watch.see(packet, .raw(packet, at: second))
            }
        }
        func drain(at second: Int64) -> [FlowObservation] {
            watch.drain(leaving: Timestamp(seconds: second, nanoseconds: -300_000_000))
        }
        see(0..<count, at: 1)
        let first = drain(at: 1)
        #expect(first.count == Int(count), "nobody knows them yet")
        var told: [Int] = []
        var idle = 0
        for second in 2...7 as ClosedRange<Int64> {
            see(1000..<count, at: second)
            see(0..<1000, at: second - 1)  // which passed a second ago
            let flows = drain(at: second)
            let busy = flows.filter { $0.last >= Timestamp(seconds: second, nanoseconds: 0) }
            #expect(busy.allSatisfy { $0.forward.seen.packetCount == 4 })
            told.append(busy.count)
            idle += flows.count - busy.count
        }
        #expect(idle == 6 * 1000)
        #expect(told == [0, 0, 0, Int(count) - 1000, 0, 0])
        _ = watch.drain()
        #expect(watch.seenCount == 7 * UInt64(count), "and nothing is lost")
    }

    /// Under a flood flows change between the parts in which they are handed on.
    @Test
    func whatChangesWhileFlowsAreHandedOnIsForTheNextTime() {
        var watch = Watch()
        func see(_ numbers: Range<Int>) {
            for number in numbers {
                var packet = [UInt8].ipv4(17, .ports(4000, 53))
                packet.overwrite(at: 12, with: [UInt8](big: UInt32(number)))
                watch.see(packet, .raw(packet))
            }
        }
        see(0..<4 * FlowTable.drainLimit)
        var told: [Int] = []
        for turn in 0..<100 {
            var batch = ObservationBatch()
            let isMore = watch.table.drain(into: &batch, leaving: Timestamp(seconds: 1, nanoseconds: 0))
            told.append(batch.flows.count)
            see(turn * 100..<turn * 100 + 100)
            if !isMore { break }
        }
        #expect(told == [Int](repeating: FlowTable.drainLimit, count: 4))
        #expect(watch.drain().count == 400)
    }

    @Test
    func aFlowWithoutPacketsForLongIsForgotten() {
        var watch = Watch()
        watch.see(Self.opening, .raw(Self.opening, at: 1))
        let first = watch.drain()
        #expect(first.map(\.facts) == [[.isFirst, .opensConnection]])
        let other = [UInt8].ipv4(17, .ports(4000, 53))
        for second in 0..<100 as Range<Int64> {
            watch.see(other, .raw(other, at: second))
            _ = watch.drain()
        }
        watch.see(Self.opening, .raw(Self.opening, at: 101))
        let again = watch.drain()
        #expect(again.map(\.facts) == [[.isFirst, .opensConnection]])
    }

    /// Whether the table has forgotten the flow meanwhile must not matter: that depends on what else passes.
    @Test(arguments: [false, true])
    func aFlowBeginsAnewAfterAPauseWhoeverElsePasses(_ isBusy: Bool) {
        var watch = Watch()
        let answer = [UInt8].answer(to: Self.opening)
        watch.see(Self.opening, .raw(Self.opening, at: 1))
        _ = watch.drain()
        let other = [UInt8].ipv4(17, .ports(4000, 53))
        if isBusy {
            for second in 0..<64 as Range<Int64> {
                watch.see(other, .raw(other, at: second))
                _ = watch.drain()
            }
        }
        watch.see(answer, .raw(answer, at: 64, .egress))
        let again = watch.drain().filter { $0.key.transport == .tcp }
        #expect(again.map(\.key.sourcePort) == [443], "it is the answer's now")
        #expect(again.map { $0.forward.seen.packetCount } == [1])
        #expect(again.map { $0.facts.contains(.isFirst) } == [true])
    }

    /// What is sent again within seconds is of the connection that is over, and what comes later is not.
    @Test
    func aClosedFlowBeginsAnewSooner() {
        var watch = Watch()
        let reset = [UInt8].ipv4(6, .tcp(51514, 443, flags: 0x04))
        let data = [UInt8].ipv4(6, .tcp(51514, 443, flags: 0x18))
        watch.see(reset, .raw(reset, at: 1))
        watch.see(data, .raw(data, at: 5))
        let first = watch.drain()
        #expect(first.map(\.facts) == [[.isFirst, .closed]])
        watch.see(data, .raw(data, at: 11))
        let later = watch.drain()
        #expect(later.map(\.facts) == [.isFirst])
    }

    /// Counts are kept in few bytes, with times as distances: what does not fit is told in parts.
    @Test(arguments: [[1, 3, 6, 9], [10, 9, 8, 20], [5, 5, 1, 5, 60, 2]] as [[Int64]])
    func whateverTimesPacketsHaveNothingOfThemIsLost(_ seconds: [Int64]) throws {
        var watch = Watch()
        for second in seconds { watch.see(Self.opening, .raw(Self.opening, at: second)) }
        let flows = watch.drain()
        #expect(watch.seenCount == UInt64(seconds.count))
        #expect(flows.map(\.first).min() == Timestamp(seconds: try #require(seconds.min()), nanoseconds: 0))
        #expect(flows.map(\.last).max() == Timestamp(seconds: try #require(seconds.max()), nanoseconds: 0))
        #expect(flows.map { $0.facts.contains(.isFirst) } == [true] + flows.dropFirst().map { _ in false })
    }

    @Test
    func aClockThatWasSetBackForgetsNoFlow() {
        var watch = Watch()
        watch.see(Self.opening, .raw(Self.opening, at: 1_000_000))
        _ = watch.drain()
        for second in 1..<100 as Range<Int64> {
            watch.see(Self.opening, .raw(Self.opening, at: second))
            let flows = watch.drain()
            #expect(flows.map(\.facts) == [.opensConnection], "not the first word of it")
        }
    }

    /// A table beside it, the obvious way, with traffic at random.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func itAddsUpAsADictionaryDoes(_ seed: UInt64) {
        struct Place: Hashable {
            var key: FlowKey
            var tap: Tap
        }
        var random = SeededGenerator(seed: seed)
        var watch = Watch(limit: 64)
        var expected: [Place: Counters] = [:]
        var told: [Place: Counters] = [:]
        func add(_ flows: [FlowObservation]) {
            for flow in flows {
                let back = Place(
                    key: flow.key.inverse,
                    tap: Tap(interface: flow.tap.interface, direction: flow.tap.direction.opposite))
                let forth = Place(key: flow.key, tap: flow.tap)
                if !flow.forward.isEmpty { told[forth] = (told[forth] ?? Counters()) + flow.forward.seen }
                if !flow.backward.isEmpty { told[back] = (told[back] ?? Counters()) + flow.backward.seen }
            }
        }
        for second in 0..<20_000 as Range<Int64> {
            let isV6 = Bool.random(using: &random)
            let transport: UInt8 = Bool.random(using: &random) ? 6 : 17
            let ports = UInt16.random(in: 1...20, using: &random)
            let payload =
                [UInt8].tcp(ports, 443, flags: .random(in: 0...63, using: &random))
                + [UInt8](repeating: 0, count: .random(in: 0...40, using: &random))
            var packet = isV6 ? [UInt8].ipv6(transport, payload) : [UInt8].ipv4(transport, payload)
            if Bool.random(using: &random) { packet = .answer(to: packet) }
            let interface = InterfaceIndex.random(in: 1...3, using: &random)
            let direction: FrameDirection = [.ingress, .egress, .unknown].randomElement(using: &random) ?? .unknown
            watch.see(packet, .raw(packet, at: second / 100, by: interface, direction))
            if let key = try? IPPacket(packet.reader).key {
                let place = Place(key: key, tap: Tap(interface: interface, direction: direction))
                let one = Counters(packetCount: 1, byteCount: UInt64(packet.count))
                expected[place] = (expected[place] ?? Counters()) + one
            }
            if Int.random(in: 0..<500, using: &random) == 0 { add(watch.drain()) }
        }
        add(watch.drain())
        #expect(told == expected)
    }
}
