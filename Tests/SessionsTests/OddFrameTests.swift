import FlowModel
import Sessions
import Testing

/// Frames that are not one whole packet each: aggregates, fragments, errors.
struct OddFrameTests {
    private static let changes: [@Sendable (inout FrameCounts) -> Void] = [
        { _ in },
        { ($0.wire.packetCount, $0.aggregateCount) = ($0.wire.packetCount + 40, 1) },
        { ($0.whole.packetCount, $0.fragmentCount) = ($0.whole.packetCount - 1, 2) },
        { $0.unsplitCount = 1 },
        { $0.errorCount = 5 },
    ]

    /// Whatever of them comes when, and whichever way, at one tap or at two, a session's lanes are the sums of all that was told.
    @Test
    func allKindsOfFramesAddUp() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            let monitor = Monitor { ($0.hasTaps, $0.hasConntrack) = (true, false) }
            var sums = [Tap: TapLane]()
            for number in 0..<12 {
                let isReply = number > 0 && Bool.random(using: &generator)
                let isIn = number == 0 || Bool.random(using: &generator)
                let way: FrameDirection = isIn ? .ingress : .egress
                var flow = FlowObservation.flow(
                    isReply ? FlowKey.web.inverse : .web, 3, 2, by: isIn ? 3 : 4, isReply ? way.opposite : way,
                    number == 0 ? .isFirst : [], at: monitor.now)
                Self.changes.randomElement(using: &generator)?(&flow.forward)
                Self.changes.randomElement(using: &generator)?(&flow.backward)
                flow.forward.headerByteCount = UInt64(number)
                monitor.take(.flow(flow))
                let tap = Tap(interface: isIn ? 3 : 4, direction: way)
                sums[tap, default: TapLane(tap: tap)].original.add(isReply ? flow.backward : flow.forward)
                sums[tap, default: TapLane(tap: tap)].reply.add(isReply ? flow.forward : flow.backward)
            }
            let lanes = try #require(monitor.session?.taps.lanes)
            #expect(lanes.count == sums.count)
            for lane in lanes {
                #expect(lane.original == sums[lane.tap]?.original)
                #expect(lane.reply == sums[lane.tap]?.reply)
            }
        }
    }

    /// Their places are used again, and nothing of the session before is left in them.
    @Test
    func aSessionThatFollowsHasNothingOfTheOneBefore() throws {
        let monitor = Monitor {
            ($0.hasTaps, $0.hasConntrack) = (true, false)
            ($0.maximumPacketSessions, $0.maximumFrameSessions) = (1, 1)
        }
        for port in 1...3 as ClosedRange<UInt16> {
            var flow = FlowObservation.flow(.tcp(.client, port, .server, 443), 2, at: monitor.now)
            flow.forward.aggregateCount = 2
            monitor.take(.flow(flow))
            let lane = try #require(monitor.session?.taps.first)
            #expect(lane.original == flow.forward)
        }
    }
}
