internal import FlowModel
internal import Flows
internal import Wire

/// Adds the frames of a capture up by flow, and tells now and then what they came to.
struct FlowCounter: FrameConsumer, ~Copyable {
    /// Nanoseconds between two words about the flows, unless many of them have ended.
    private static let interval: UInt64 = 1_000_000_000
    /// Nanoseconds without packets after which a flow may have ended, and is told of at the next word: so within 1.3 s of its last packet,
    /// while sessions that end wait for 1.5 s.
    private static let restTime: Int64 = 300_000_000
    /// How many batches are handed on before it is the packets' turn again: a millisecond or two.
    private static let turn = 8

    private let stages: CaptureStages
    /// How many stages have begun, and who takes what passes in this one.
    private var stageCount = 0
    private var intake: Intake?
    private var table: FlowTable
    private var batch = ObservationBatch()
    private var lastDrain: UInt64 = 0
    /// There is more to tell than one batch takes, and packets come first.
    private var isDraining = false

    init(_ stages: CaptureStages, seed: (UInt64, UInt64), foreignFrames: ForeignFrames? = nil) {
        self.stages = stages
        table = FlowTable(seed: seed, foreignFrames: foreignFrames)
    }

    mutating func take(_ block: RingBlock) {
        var block = block
        var end = enterStage(of: Timestamp(nanoseconds: .min))
        while true {
            if intake != nil { table.count(framesOf: &block, until: end) }
            // What is left passed later, or nobody takes it.
            guard let frame = block.next() else { break }
            if frame.facts.time > end { end = enterStage(of: frame.facts.time) }
            if intake != nil { table.count(frame) }
        }
        guard block.lostCount > 0 else { return }
        let loss = Loss(lane: .packet, cause: .malformed, count: UInt64(block.lostCount))
        _ = intake?.deliver([.loss(loss)], at: .now) { _ in }
    }

    /// Hands on what passed in the stages that are over by then.
    ///
    /// - Returns: when the stage of that time ends.
    private mutating func enterStage(of time: Timestamp) -> Timestamp {
        while let stage = stages.stage(after: stageCount) {
            guard time > stage.start else { return stage.start }
            while drain(at: .now) {}
            (intake, stageCount) = (stage.intake, stageCount + 1)
        }
        return .distantFuture
    }

    mutating func advance(to time: ReceiveTime) -> Bool {
        table.foreignFrames?.advance(to: time.monotonic)
        let isDue = isDraining || table.isPressing || time.monotonic &- lastDrain >= Self.interval
        guard isDue else {
            _ = intake?.advance(to: time)
            return false
        }
        if !isDraining { lastDrain = time.monotonic }
        let recent = Timestamp(nanoseconds: time.wall.nanoseconds &- Self.restTime)
        for _ in 0..<Self.turn {
            isDraining = drain(at: time, leaving: recent)
            if !isDraining { break }
        }
        return isDraining
    }

    mutating func note(_ loss: Loss, at time: ReceiveTime) {
        // What the kernel counts was lost by then. An outage, of which nobody knows how much it took, began behind the last frame.
        let takers =
            loss.count == nil ? stages.intakes(from: stageCount) : stages.intake(at: time).map { [$0] } ?? []
        for taker in takers { _ = taker.deliver([.loss(loss)], at: time) { _ in } }
    }

    mutating func finish(at time: ReceiveTime) {
        while drain(at: time) {}
    }

    /// - Returns: whether more is left.
    private mutating func drain(at time: ReceiveTime, leaving recent: Timestamp? = nil) -> Bool {
        batch.removeAll()
        let hasMore = table.drain(into: &batch, leaving: recent)
        _ = intake?.deliver(batch, at: time) { _ in }
        return hasMore
    }
}
