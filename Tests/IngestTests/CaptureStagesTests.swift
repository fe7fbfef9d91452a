import FlowModel
import Testing
import Wire

@testable import Ingest

/// A capture's frames go to one sink until a moment, and to another from then on.
struct CaptureStagesTests {
    /// Keeps how many packets it was told of, how many were lost, and how often nobody knew how many.
    private final class Sink: ObservationSink {
        private struct State {
            var packets: UInt64 = 0
            var lost: UInt64 = 0
            var outages = 0
        }

        private let state = Lock(State())

        var packets: UInt64 { state.withLock { $0.packets } }
        var lost: UInt64 { state.withLock { $0.lost } }
        var outages: Int { state.withLock { $0.outages } }

        func take(_ batch: ObservationBatch, at time: ReceiveTime) -> SinkAnswer {
            state.withLock { state in
                for flow in batch.flows {
                    state.packets += flow.forward.seen.packetCount + flow.backward.seen.packetCount
                }
                for case .loss(let loss) in batch.others {
                    state.lost += loss.count ?? 0
                    state.outages += loss.count == nil ? 1 : 0
                }
            }
            return SinkAnswer()
        }

        func advance(to time: ReceiveTime) -> SinkAnswer { SinkAnswer() }
    }

    private func intake(_ sink: Sink) -> Intake { Intake(sink: sink, names: NameTable()) }

    /// Hands on a block with a packet of one flow at each of these times.
    private func take(_ times: [Int64], into counter: inout FlowCounter) {
        var ring = MockRing()
        for time in times {
            var packet = RingPacket(bytes: FrameSample.ethernet(0x0800) + .ipv4(17, .ports(4000, 53)))
            packet.seconds = UInt32(time / 1_000_000_000)
            packet.nanoseconds = UInt32(time % 1_000_000_000)
            ring.add(packet)
        }
        let memory = ring.memory
        counter.take(RingBlock(memory.reader, knowsSegments: true))
    }

    @Test func whatPassedBeforeTheFirstStageAndInOneWithoutASinkIsNobodys() {
        let stages = CaptureStages()
        var counter = FlowCounter(stages, seed: (7, 11))
        let sink = Sink()
        let start = stages.begin(intake(sink)).nanoseconds
        let end = stages.begin(nil).nanoseconds
        take([start - 1, start, start + 1, end, end + 1], into: &counter)
        counter.finish(at: .now)
        #expect(sink.packets == 2)
    }

    @Test func whatAStageSawIsHandedOnWhenTheNextOneBegins() {
        let stages = CaptureStages()
        var counter = FlowCounter(stages, seed: (7, 11))
        let (early, late) = (Sink(), Sink())
        let start = stages.begin(intake(early)).nanoseconds
        take([start + 1, start + 2], into: &counter)
        #expect(early.packets == 0, "it waits for its turn")
        let end = stages.begin(intake(late)).nanoseconds
        take([end, end + 1], into: &counter)
        #expect((early.packets, late.packets) == (3, 0))
        counter.finish(at: .now)
        #expect((early.packets, late.packets) == (3, 1))
    }

    @Test func whatTheKernelDropsIsOfWhoTakesTheFramesThenAndNotOfWhoTookThemBefore() {
        let stages = CaptureStages()
        var counter = FlowCounter(stages, seed: (7, 11))
        let (early, late) = (Sink(), Sink())
        counter.note(Loss(lane: .packet, cause: .overrun, count: 100), at: .now)
        let start = stages.begin(intake(early)).nanoseconds
        counter.note(Loss(lane: .packet, cause: .overrun, count: 5), at: .now)
        take([start + 1], into: &counter)
        counter.note(Loss(lane: .packet, cause: .overrun, count: 6), at: .now)
        // No frame has passed since, so the reader is still where it was.
        _ = stages.begin(intake(late))
        counter.note(Loss(lane: .packet, cause: .overrun, count: 70), at: .now)
        _ = stages.begin(nil)
        counter.note(Loss(lane: .packet, cause: .overrun, count: 800), at: .now)
        #expect((early.lost, late.lost) == (11, 70))
    }

    @Test func aClockThatIsSetBackHidesNoLoss() {
        let stages = CaptureStages()
        var counter = FlowCounter(stages, seed: (7, 11))
        let sink = Sink()
        let start = stages.begin(intake(sink))
        let later = ReceiveTime(
            wall: Timestamp(nanoseconds: start.nanoseconds - 3_600_000_000_000), monotonic: ReceiveTime.now.monotonic)
        counter.note(Loss(lane: .packet, cause: .overrun, count: 5), at: later)
        #expect(sink.lost == 5)
    }

    @Test func anOutageIsOfAllWhoTookFramesSinceTheLastOne() {
        let stages = CaptureStages()
        var counter = FlowCounter(stages, seed: (7, 11))
        let sinks = (0..<4).map { _ in Sink() }
        var time: Int64 = 0
        for sink in sinks[..<2] { time = stages.begin(intake(sink)).nanoseconds }
        take([time + 1], into: &counter)
        for sink in sinks[2...] { _ = stages.begin(intake(sink)) }
        counter.note(Loss(lane: .packet, cause: .down, count: nil), at: .now)
        #expect(sinks.map(\.outages) == [0, 1, 1, 1])
    }
}
