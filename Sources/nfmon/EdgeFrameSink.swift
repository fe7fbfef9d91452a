import Comparison
import FlowModel

/// Gathers what a capture sees while a comparison reads conntrack's counters, and hands it on.
final class EdgeFrameSink: ObservationSink {
    private let state = Lock(EdgeFrames())
    private let next: (any ObservationSink)?

    init(into next: (any ObservationSink)? = nil) { self.next = next }

    /// What came by now.
    var frames: EdgeFrames { state.withLock { $0 } }

    func take(_ batch: ObservationBatch, at time: ReceiveTime) -> SinkAnswer {
        state.withLock { $0.add(batch) }
        return next?.take(batch, at: time) ?? SinkAnswer()
    }

    func advance(to time: ReceiveTime) -> SinkAnswer { next?.advance(to: time) ?? SinkAnswer() }
}
