import Comparison
import FlowModel

/// Gathers what a capture sees while a comparison reads conntrack's last counters.
final class LateFrameSink: ObservationSink {
    private let state = Lock(LateFrames())

    /// What came by now.
    var frames: LateFrames { state.withLock { $0 } }

    func take(_ batch: ObservationBatch, at time: ReceiveTime) -> SinkAnswer {
        state.withLock { $0.add(batch) }
        return SinkAnswer()
    }

    func advance(to time: ReceiveTime) -> SinkAnswer { SinkAnswer() }
}
