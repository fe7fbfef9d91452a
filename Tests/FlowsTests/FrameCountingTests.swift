import FlowModel
import Flows
import Testing
import Wire

struct FrameCountingTests {
    private func counts(_ packet: [UInt8], _ facts: FrameFacts) throws -> FrameCounts {
        var watch = Watch()
        watch.see(packet, facts)
        let flows = watch.drain()
        #expect(flows.count == 1)
        return try #require(flows.first).forward
    }

    @Test
    func whatEthernetFillsShortFramesWithIsNoneOfThePacket() throws {
        let frame = [UInt8].ethernet(FlowTableTests.opening) + [0, 0, 0, 0, 0, 0]
        let counts = try counts(frame, .ethernet(frame))
        #expect(counts.seen == Counters(packetCount: 1, byteCount: 40))
        #expect(counts.whole == counts.seen)
        #expect(counts.wire == Counters(packetCount: 1, byteCount: 60))
    }

    @Test
    func aTagThatWasTakenOutWasOnTheWire() throws {
        let frame = [UInt8].ethernet(.ipv4(17, .ports(4000, 53)))
        #expect(try counts(frame, .ethernet(frame, vlan: 7)).wire.byteCount == 14 + 4 + 28)
    }

    @Test
    func anAggregateIsOnePacketHereAndItsSegmentsOnTheWire() throws {
        let packet = [UInt8].ipv4(6, .tcp(51514, 443, flags: 0x10), length: 40 + 4000)
        let frame = [UInt8].ethernet(packet)
        var facts = FrameFacts.ethernet(frame, length: 14 + 4040)
        facts.segmentSize = 1448
        facts.isAggregate = true
        let counts = try counts(frame, facts)
        #expect(counts.seen == Counters(packetCount: 1, byteCount: 4040))
        #expect(counts.whole == counts.seen)
        #expect(counts.wire == Counters(packetCount: 3, byteCount: 4000 + 3 * 54))
        #expect(counts.headerByteCount == 40)
        #expect(counts.aggregateCount == 1)
        #expect(counts.unsplitCount == 0)
    }

    @Test
    func anAggregateOfWhoseSegmentsNothingIsKnownIsALowerBoundOnTheWire() throws {
        let packet = [UInt8].ipv4(6, .tcp(51514, 443, flags: 0x10), length: 4040)
        let counts = try counts(packet, .raw(packet, length: 4040, isAggregate: true))
        #expect(counts.wire.packetCount == 1)
        #expect(counts.aggregateCount == 1)
        #expect(counts.unsplitCount == 1)
    }

    /// Each segment has the inner packet's headers once more, which nobody reads.
    @Test
    func anAggregateInATunnelIsALowerBoundOnTheWire() throws {
        let packet = [UInt8].ipv4(47, [0, 0, 8, 0], length: 4028)
        let counts = try counts(packet, .raw(packet, length: 4028, segmentSize: 1400, isAggregate: true))
        #expect(counts.wire.packetCount == 1)
        #expect((counts.aggregateCount, counts.unsplitCount) == (1, 1))
    }

    /// A savefile does not say whether a long packet was one on the wire.
    @Test
    func aLongPacketMayBeAnAggregateWhereTheCaptureDoesNotSay() throws {
        func unsplit(_ transport: UInt8, _ length: UInt16, knows: Bool = false) throws -> UInt32 {
            let packet = [UInt8].ipv4(transport, .tcp(51514, 443, flags: 0x10), length: length)
            let counts = try counts(packet, .raw(packet, length: Int(length), knowsAggregates: knows))
            #expect(counts.aggregateCount == 0)
            return counts.unsplitCount
        }
        #expect(try unsplit(6, 1501) == 1)
        #expect(try unsplit(17, 1501) == 1)
        #expect(try unsplit(6, 1500) == 0)
        #expect(try unsplit(6, 9000, knows: true) == 0, "a jumbo frame")
        #expect(try unsplit(50, 9000) == 0, "nothing joins what is encrypted")
    }

    @Test
    func aPacketWhoseHeaderHasNoLengthIsAsLongAsItsFrame() throws {
        let big = [UInt8].ipv4(6, .tcp(51514, 443, flags: 0x10), length: 0)
        let counts4 = try counts(big, .raw(big, length: 100_040, segmentSize: 1000, isAggregate: true))
        #expect(counts4.seen.byteCount == 100_040)
        #expect(counts4.wire.packetCount == 100)
        let jumbo = [UInt8].ipv6(0, [6, 0, 0xc2, 4, 0, 1, 0x86, 0xb4] + .tcp(51514, 443, flags: 0x10), length: 0)
        let counts6 = try counts(jumbo, .raw(jumbo, length: 100_068, segmentSize: 1000, isAggregate: true))
        #expect(counts6.seen.byteCount == 100_068)
        #expect(counts6.wire.packetCount == 100)
        #expect(counts6.headerByteCount == 68)
    }

    @Test
    func aPacketThatClaimsMoreThanItsFrameHoldsCountsWhatThereIs() throws {
        var watch = Watch()
        let packet = [UInt8].ipv4(17, .ports(4000, 53), length: 1000)
        watch.see(packet, .raw(packet))
        let flows = watch.drain()
        let flow = try #require(flows.first)
        #expect(flow.forward.seen.byteCount == 28)
        #expect(flow.facts.contains(.lowerBound))
    }

    // MARK: Fragments

    @Test
    func laterFragmentsGoWhereTheirFirstOneWent() throws {
        var watch = Watch()
        let first = [UInt8].ipv4(17, .ports(4000, 53, count: 1480), fragment: 0x2000)
        let later = [UInt8].ipv4(17, [UInt8](repeating: 9, count: 520), fragment: 185)
        watch.see(first, .raw(first))
        watch.see(later, .raw(later))
        let flows = watch.drain()
        #expect(flows.count == 1)
        let counts = try #require(flows.first).forward
        #expect(counts.seen == Counters(packetCount: 2, byteCount: 1500 + 540))
        #expect(counts.whole == Counters(packetCount: 1, byteCount: 20 + 1480 + 520), "as it is when put together")
        #expect(counts.fragmentCount == 2)
        #expect(counts.headerByteCount == 28 + 20)
    }

    @Test
    func aFragmentOfIPv6LosesItsHeaderWhenItIsPutTogether() throws {
        var watch = Watch()
        func header(_ offset: UInt16) -> [UInt8] { [17, 0] + [UInt8](big: offset) + [0, 0, 0, 9] }
        let first = [UInt8].ipv6(44, header(1) + .ports(4000, 53, count: 1448))
        let later = [UInt8].ipv6(44, header(1448) + [UInt8](repeating: 9, count: 200))
        watch.see(first, .raw(first))
        watch.see(later, .raw(later))
        let flows = watch.drain()
        #expect(flows.count == 1)
        let counts = try #require(flows.first).forward
        #expect(counts.seen == Counters(packetCount: 2, byteCount: 48 + 1448 + 48 + 200))
        #expect(counts.whole == Counters(packetCount: 1, byteCount: 40 + 1448 + 200))
    }

    @Test
    func fragmentsWhoseFirstOneWasNotSeenHaveNoPorts() throws {
        var watch = Watch()
        let first = [UInt8].ipv4(17, .ports(4000, 53, count: 1480), fragment: 0x2000)
        let later = [UInt8].ipv4(17, [UInt8](repeating: 9, count: 520), fragment: 185)
        watch.see(first, .raw(first, by: 3))
        watch.see(later, .raw(later, by: 4))
        let flows = watch.drain()
        #expect(flows.count == 2, "it passed another interface")
        let flow = try #require(flows.last)
        #expect(flow.facts.contains(.portless))
        #expect(flow.key.sourcePort == 0)
        #expect(flow.forward.whole == Counters(packetCount: 0, byteCount: 520))
    }

    /// Port 0 is one that packets can have: those that do not show theirs have none.
    @Test(arguments: [(6 as UInt8, 20), (17, 20), (17, 22), (132, 23)])
    func whatIsCutInFrontOfItsPortsHasNone(_ transport: UInt8, _ captured: Int) throws {
        var watch = Watch()
        let whole = [UInt8].ipv4(transport, .ports(4000, 53, count: 40))
        let cut = [UInt8](whole.prefix(captured))
        watch.see(cut, .raw(cut, length: whole.count))
        let flow = try #require(watch.drain().first)
        #expect(flow.facts.isSuperset(of: [.portless, .lowerBound]))
        #expect((flow.key.sourcePort, flow.key.destinationPort) == (0, 0))
        #expect(flow.forward.seen == Counters(packetCount: 1, byteCount: 60))
    }

    /// Without its type it could be taken for an echo, and one that speaks of another packet for a query.
    @Test(arguments: [20, 21, 24, 40])
    func icmpThatDoesNotShowWhatItIsIsCountedAsCut(_ captured: Int) {
        var watch = Watch()
        let whole = [UInt8].ipv4(1, .icmp(3, 3, [0, 0, 0, 0] + .ipv4(17, .ports(4000, 53))))
        let cut = [UInt8](whole.prefix(captured))
        watch.see(cut, .raw(cut, length: whole.count))
        #expect(watch.drain().isEmpty)
        #expect(watch.losses.map(\.fault) == [.packetCut])
    }

    // MARK: Errors and what is none

    @Test
    func anICMPErrorCountsToTheFlowThatItSpeaksOf() throws {
        var watch = Watch()
        let query = [UInt8].ipv4(17, .ports(4000, 53))
        let error = [UInt8].ipv4(1, .icmp(3, 3, [0, 0, 0, 0] + query))
        watch.see(query, .raw(query, .egress))
        watch.see(error, .raw(error, .ingress))
        let flows = watch.drain()
        #expect(flows.count == 1)
        let flow = try #require(flows.first)
        #expect(flow.forward.seen.packetCount == 1)
        #expect(flow.forward.errorCount == 1)
        #expect(flow.backward.isEmpty)
    }

    @Test
    func whatIsNoIPIsCountedAndWhatIsDamagedIsALoss() {
        var watch = Watch()
        let address = [UInt8](repeating: 2, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 28)
        watch.see(address, .ethernet(address))
        let cut = [UInt8](FlowTableTests.opening.prefix(7))
        watch.see(cut, .raw(cut, length: FlowTableTests.opening.count))
        watch.see(cut, .raw(cut))  // its sender made it so short
        var wrong = FlowTableTests.opening
        wrong[0] = 0x44
        watch.see(wrong, .raw(wrong))
        let flows = watch.drain()
        #expect(flows.isEmpty)
        #expect(watch.figures.frameCount == 4)
        #expect(watch.figures.otherCount == 1)
        #expect(watch.losses.map(\.fault) == [.packetCut, .packetHeader])
        #expect(watch.losses.map(\.count) == [1, 2])
        #expect(watch.losses.allSatisfy { $0.lane == .packet && $0.cause == .malformed })
    }

    // MARK: The same as logged packets

    /// What a rule logs and what an interface shows are the same packets, and must be found as the same sessions.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func loggedPacketsHaveTheSameTuples(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let quoted = [UInt8].ipv4(17, .ports(4000, 53))
        let quoted6 = [UInt8].ipv6(17, .ports(4000, 53))
        let samples: [[UInt8]] = [
            FlowTableTests.opening, quoted, quoted6, .ipv6(6, .tcp(51514, 443, flags: 0x18)),
            .ipv4(6, .tcp(51514, 443, flags: 0x10), optionWords: 3), .ipv4(1, .icmp(8, 0, [0x12, 0x34, 0, 1])),
            .ipv4(1, .icmp(3, 1, [0, 0, 0, 0] + quoted)), .ipv6(58, .icmp(1, 4, [0, 0, 0, 0] + quoted6)),
            .ipv6(0, [6, 0, 1, 4, 0, 0, 0, 0] + .tcp(51514, 443, flags: 0x02)), .ipv4(132, .ports(9, 10)),
            .ipv4(47, [0x20, 1, 0x88, 0x0b, 0, 0, 0, 5]), .ipv4(50, [1, 2, 3, 4]), .ipv4(17, [1, 2]),
        ]
        for _ in 0..<20_000 {
            guard var packet = samples.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                packet[Int.random(in: packet.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            packet = [UInt8](packet.prefix(.random(in: 0...packet.count + 20, using: &random)))
            var watch = Watch()
            watch.see(packet, .raw(packet, length: 70_000))
            let flow = watch.drain().first
            // What follows the packet in its frame is none of it, so NFLOG does not have it.
            let whole = try? IPPacket(packet.reader)
            let logged = whole.map { [UInt8](packet.prefix(Int(clamping: $0.byteCount))) } ?? packet
            let seen = try? IPPacket(logged.reader)
            let expected = seen?.key
            guard let flow else {
                let isImpossible = whole.map { $0.byteCount < UInt64($0.transportOffset) } ?? true
                let isUntold = seen.map { $0.isCut && $0.key.transport.isICMP } ?? false
                #expect(expected == nil || isImpossible || isUntold, "\(packet)")
                continue
            }
            #expect(flow.key == expected || flow.key.inverse == expected, "\(packet)")
        }
    }

    /// A packet waits where an older one was read: nothing of that is left.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func whateverIsReadBeforeAPacketComesToTheSame(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let data = [UInt8](repeating: 0, count: 600)
        let quoted = [UInt8].ipv4(17, .ports(4000, 53))
        let kinds: [[UInt8]] = [
            .ipv4(6, .tcp(51514, 443, flags: 0x3f) + data), .ipv4(6, .tcp(51514, 443, flags: 0x10)),
            .ipv4(17, .ports(4000, 53) + data, optionWords: 2), .ipv4(17, .ports(4000, 53), fragment: 0x2000),
            .ipv4(17, data, fragment: 0x0020), .ipv4(1, .icmp(8, 0, [0, 1, 0, 1])),
            .ipv4(1, .icmp(3, 1, [0, 0, 0, 0] + quoted)), .ipv4(47, [0, 0, 8, 0] + quoted), .ipv4(17, [1, 2]),
            .ipv4(132, .ports(7, 8, count: 12)), .ipv6(6, .tcp(51514, 443, flags: 0x02)),
            .ipv6(17, .ports(4000, 53) + data), .ipv6(58, .icmp(128, 0, [0, 1, 0, 1])),
            .ipv6(44, [17, 0, 0, 1, 0, 0, 0, 9] + .ports(4000, 53)),
            .ipv4(6, .tcp(51514, 443, flags: 0x10), length: 1400),
        ]
        var all = Watch()
        var expected: [ToldFlow] = []
        for number in 1...200 as ClosedRange<UInt32> {
            let frame = [UInt8].ethernet(kinds[Int.random(in: 0..<kinds.count, using: &random)])
            var facts = FrameFacts.ethernet(frame, vlan: Bool.random(using: &random) ? 7 : nil)
            // By an interface of its own, each is a flow of its own.
            facts.interface = number
            if Bool.random(using: &random) { (facts.segmentSize, facts.isAggregate) = (100, true) }
            // What nobody can read is in between.
            let cut = [UInt8](frame.prefix(.random(in: 0..<20, using: &random)))
            all.see(cut, facts)
            all.see(frame, facts)
            var alone = Watch()
            alone.see(frame, facts)
            expected += alone.drain().map(ToldFlow.init)
        }
        let told = all.drain().map(ToldFlow.init)
        #expect(told == expected)
        #expect(told.count == 200)
    }
}
