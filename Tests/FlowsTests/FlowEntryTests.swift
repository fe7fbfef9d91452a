import FlowModel
import Testing

@testable import Flows

struct FlowEntryTests {
    /// A recording without times, or one whose clock stands still, is never a second long.
    @Test
    func aFlowOfVeryManyPacketsAtOneMomentIsToldInParts() {
        var packet = FramePacket(
            key: FlowTableTests.web, time: Timestamp(seconds: 1, nanoseconds: 0),
            tap: Tap(interface: 3, direction: .ingress))
        (packet.byteCount, packet.headerByteCount) = (1_000_000, 1_000_000)
        packet.wire = Counters(packetCount: 1, byteCount: 1_000_014)
        var entry = FlowEntry()
        entry.begin(with: packet)
        var told = FrameCounts()
        for _ in 0..<10_000 where !entry.count(packet, isForward: true, isPlain: true) {
            told.add(forward(of: entry))
            entry.clear()
            let isCounted = entry.count(packet, isForward: true, isPlain: true)
            #expect(isCounted)
        }
        #expect(told.headerByteCount > 4_000_000_000)
        told.add(forward(of: entry))
        #expect(told.headerByteCount == 10_000_000_000)
        #expect(told.wire == Counters(packetCount: 10_000, byteCount: 10_000_140_000))
    }

    private func forward(of entry: FlowEntry) -> FrameCounts {
        var flow = FlowObservation(key: entry.key, tap: entry.tap)
        entry.tell(&flow)
        return flow.forward
    }

    /// Among many flows the memory that a packet needs is most of what it costs.
    @Test
    func anEntryTakesTwoCacheLines() { #expect(MemoryLayout<FlowEntry>.stride == 128) }
}
