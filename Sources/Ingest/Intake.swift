public import FlowModel
internal import Wire

/// The sources' common end: hands batches to the sink and, while a recording runs, their bytes to the recorder, both in one
/// order.
public struct Intake: Sendable {
    public let names: NameTable
    private let sink: any ObservationSink
    private let recorder: Recorder?

    public init(sink: any ObservationSink, names: NameTable, recorder: Recorder? = nil) {
        self.sink = sink
        self.names = names
        self.recorder = recorder
    }

    /// Hands on a batch.
    ///
    /// - Parameter recording: appends the bytes that the batch was decoded from.
    func deliver(
        _ observations: ObservationBatch, at time: ReceiveTime, recording: (inout RecordBatch) -> Void
    ) -> SinkAnswer {
        guard let recorder else { return sink.take(observations, at: time) }
        return recorder.record(at: time.wall, recording) { sink.take(observations, at: time) }
    }

    /// Nothing came for a while.
    func advance(to time: ReceiveTime) -> SinkAnswer {
        recorder?.flush()
        return sink.advance(to: time)
    }
}
