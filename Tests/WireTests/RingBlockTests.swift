import FlowModel
import Testing
import Wire

/// A block of a packet ring, from memory that may hold anything.
struct RingBlockTests {
    private static let packets = [
        RingPacket(bytes: FrameSample.ethernet(0x0800) + .ipv4(17, .ports(4000, 53)), nanoseconds: 7),
        RingPacket(bytes: FrameSample.ethernet(0x86dd) + FrameSample.ipv6, interface: 3, kind: 4),
        RingPacket(bytes: FrameSample.ethernet(0x0800) + .ipv4(6, .tcp(1, 2, flags: 2)), tag: (0x2064, 0x88a8)),
        RingPacket(
            bytes: FrameSample.ethernet(0x0800) + .ipv4(6, .tcp(1, 2, flags: 16)), segmentSize: 1448,
            isTCPAggregate: true, length: 64_000),
        RingPacket(bytes: FrameSample.ipv6, linkLength: 0, hardware: 0xfffe, kind: 3),
    ]

    private static func ring(knowsSegments: Bool = true) -> MockRing {
        var ring = MockRing()
        ring.knowsSegments = knowsSegments
        for packet in packets { ring.add(packet) }
        return ring
    }

    /// What a block's frames are, and how many are lost.
    private struct Walk {
        var frames: [(bytes: [UInt8], facts: FrameFacts)] = []
        var lostCount = 0

        init(_ block: [UInt8], knowsSegments: Bool = true) {
            var walk = RingBlock(block.reader, knowsSegments: knowsSegments)
            while let frame = walk.next() {
                var bytes: [UInt8] = []
                bytes.append(frame.bytes.bytes)
                frames.append((bytes, frame.facts))
            }
            lostCount = walk.lostCount
        }
    }

    @Test
    func framesComeInOrderWithTheirBytes() {
        let walk = Walk(Self.ring().memory)
        #expect(walk.frames.map(\.bytes) == Self.packets.map(\.bytes))
        #expect(walk.frames[0].facts.time == Timestamp(seconds: 1_700_000_000, nanoseconds: 7))
        #expect(walk.lostCount == 0)
    }

    @Test
    func whatTheKernelKeepsBesideAFrameIsTold() {
        let facts = Walk(Self.ring().memory).frames.map(\.facts)
        #expect(facts.map(\.interface) == [2, 3, 2, 2, 2])
        #expect(facts.map(\.direction) == [.ingress, .egress, .ingress, .ingress, .ingress])
        #expect(facts.map(\.vlan) == [nil, nil, 0x2064, nil, nil])
        #expect(facts[2].vlanType == 0x88a8)
        #expect(facts.map(\.isForOtherHost) == [false, false, false, false, true])
        #expect(facts.map(\.segmentSize) == [0, 0, 0, 1448, 0])
        #expect(facts.map(\.isAggregate) == [false, false, false, true, false])
        #expect(facts[3].originalLength == 64_000)
        #expect(facts.map(\.knowsAggregates) == Array(repeating: true, count: 5))
    }

    @Test
    func aFrameWithoutEthernetBeginsWithItsNetworkHeader() {
        let frame = Walk(Self.ring().memory).frames[4]
        #expect(frame.facts.linkType == .raw)
        #expect(frame.bytes == FrameSample.ipv6)
        // Whatever the device keeps in front of it: GRE, PPP.
        var tunnel = MockRing()
        tunnel.add(RingPacket(bytes: [9, 9, 9, 9] + FrameSample.ipv6, linkLength: 4, hardware: 778))
        let behind = Walk(tunnel.memory).frames
        #expect(behind.map(\.bytes) == [FrameSample.ipv6])
        #expect(behind.map(\.facts.originalLength) == [FrameSample.ipv6.count])
    }

    @Test
    func anAggregateIsKnownWithoutItsSegments() {
        let walk = Walk(Self.ring(knowsSegments: false).memory, knowsSegments: false)
        #expect(walk.frames.map(\.facts.isAggregate) == [false, false, false, true, false])
        #expect(walk.frames.map(\.facts.segmentSize) == [0, 0, 0, 0, 0])
        #expect(walk.frames.map(\.facts.knowsAggregates) == Array(repeating: false, count: 5))
    }

    @Test(arguments: [[UInt8](repeating: 0, count: 90), FrameSample.ethernet(0x0800) + .ipv4(17, .ports(1, 2))])
    func aPlaceThatTheKernelDidNotFillIsNoFrameAndNoLoss(rest: [UInt8]) {
        // In front, in the middle, at the end.
        for place in 0...Self.packets.count {
            var ring = MockRing()
            for (number, packet) in Self.packets.enumerated() {
                if number == place { ring.addHole(over: RingPacket(bytes: rest)) }
                ring.add(packet)
            }
            if place == Self.packets.count { ring.addHole(over: RingPacket(bytes: rest)) }
            let walk = Walk(ring.memory)
            #expect(walk.frames.map(\.bytes) == Self.packets.map(\.bytes))
            #expect(walk.lostCount == 0)
        }
    }

    @Test
    func whatADeviceWithoutLinkLayerShowsIsIPOnlyWhereTheKernelSaysSo() {
        for (type, isIP) in [(0x0800 as UInt16, true), (0x86dd, true), (0, true), (0x000c, false), (0xc021, false)] {
            var ring = MockRing()
            var packet = Self.packets[4]
            packet.etherType = type
            ring.add(packet)
            let memory = ring.memory
            var block = RingBlock(memory.reader, knowsSegments: true)
            guard let frame = block.next() else {
                Issue.record("no frame")
                continue
            }
            let header = try? LinkHeader(frame)
            #expect((header != nil) == isIP, "\(type)")
        }
    }

    @Test
    func aFrameThatPassedLaterIsStillTheNextOne() {
        let memory = Self.ring().memory
        var block = RingBlock(memory.reader, knowsSegments: true)
        var facts = FrameFacts.none
        var counts: [Int] = []
        while let bytes = block.next(until: Timestamp(seconds: 1_700_000_000, nanoseconds: 6), &facts) {
            counts.append(bytes.count)
        }
        #expect(counts.isEmpty, "the first one passed a nanosecond later")
        while let bytes = block.next(until: Timestamp(seconds: 1_700_000_000, nanoseconds: 7), &facts) {
            counts.append(bytes.count)
        }
        #expect(counts == Self.packets.map(\.bytes.count))
        #expect(facts.isForOtherHost, "they are the last one's")
        #expect(block.lostCount == 0)
    }

    @Test
    func aBlockThatIsCutLosesWhatIsNotThereAndCountsIt() {
        let whole = Self.ring().memory
        let end = 48 + Self.packets.count * 200
        for length in 0..<end {
            let walk = Walk(Array(whole[..<length]))
            #expect(walk.frames.count + walk.lostCount <= Self.packets.count)
            #expect(walk.frames.count == Self.packets.count || length < end)
            if length >= 48 + 68 * Self.packets.count {
                #expect(walk.frames.count + walk.lostCount == Self.packets.count, "\(length)")
            }
        }
    }

    @Test
    func noWordOfABlockLeadsOutsideIt() {
        let whole = Self.ring().memory
        let bad: [UInt32] = [0, 1, 47, 67, 4095, 4096, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, .max]
        for place in stride(from: 0, to: 1200, by: 2) {
            for word in bad {
                var block = whole
                block.overwrite(at: place, with: [UInt8](native: word))
                let walk = Walk(block)
                #expect(walk.frames.count + walk.lostCount <= block.count / 68, "\(place) \(word)")
                #expect((walk.frames.map(\.bytes.count).max() ?? 0) <= block.count)
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func noChangedBlockTrapsTheReader(seed: UInt64) {
        var mutator = Mutator(seeds: [Self.ring().memory, Self.ring(knowsSegments: false).memory], seed: seed)
        var lost = 0
        for _ in 0..<1000 { lost += Walk(mutator.next()).lostCount }
        #expect(lost > 0, "the changes reach the checks")
    }
}
