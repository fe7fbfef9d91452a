internal import FlowModel
internal import Wire

/// Hands the frames of one thread to the file.
struct FrameWriter: FrameConsumer, ~Copyable {
    private let desk: FrameDesk

    init(_ desk: FrameDesk) { self.desk = desk }

    mutating func take(_ block: RingBlock) { desk.file?.append(block) }

    mutating func advance(to time: ReceiveTime) { desk.file?.advance(to: time) }

    mutating func note(_ loss: Loss, at time: ReceiveTime) { desk.file?.note(loss) }

    mutating func finish(at time: ReceiveTime) {}
}
