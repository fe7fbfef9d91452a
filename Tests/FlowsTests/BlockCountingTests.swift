import FlowModel
import Flows
import Testing
import Wire

/// A block's frames are counted in one loop, or one by one.
struct BlockCountingTests {
    private static func ring() -> MockRing {
        var ring = MockRing(blockSize: 1 << 16)
        for number in 0..<200 {
            let packet: [UInt8] = .ipv4(17, .ports(UInt16(2000 + number % 7), 53, count: 8 + number))
            var frame = RingPacket(bytes: .ethernet(number % 50 == 9 ? [0xff] : packet))
            frame.nanoseconds = UInt32(number)
            frame.tag = number % 11 == 3 ? (control: 5, type: 0x8100) : nil
            frame.kind = number % 3 == 0 ? 4 : 0
            ring.add(frame)
        }
        return ring
    }

    @Test func theyComeToTheSame() {
        let memory = Self.ring().memory
        var one = Watch()
        var block = RingBlock(memory.reader, knowsSegments: true)
        while let frame = block.next() { one.table.count(frame) }
        var all = Watch()
        block = RingBlock(memory.reader, knowsSegments: true)
        all.table.count(framesOf: &block)
        let (expected, told) = (one.drain().map(ToldFlow.init), all.drain().map(ToldFlow.init))
        #expect(told == expected)
        #expect(all.seenCount == 196)
        #expect(all.losses.map(\.count) == one.losses.map(\.count) && all.losses.count == 1)
        let isRead = block.next() == nil
        #expect(isRead)
    }

    @Test func whatPassedLaterIsLeft() {
        let memory = Self.ring().memory
        var watch = Watch()
        var block = RingBlock(memory.reader, knowsSegments: true)
        watch.table.count(framesOf: &block, until: Timestamp(seconds: 1_700_000_000, nanoseconds: 99))
        _ = watch.drain()
        #expect(watch.figures.frameCount == 100)
        watch.table.count(framesOf: &block)
        _ = watch.drain()
        #expect(watch.figures.frameCount == 200)
    }
}
