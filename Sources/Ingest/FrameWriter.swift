internal import FlowModel
internal import Wire

/// Hands the frames of one thread to the file.
struct FrameWriter: FrameConsumer, ~Copyable {
    private let desk: FrameDesk
    /// Which of the recording's captures the thread reads.
    private let capture: Int

    init(_ desk: FrameDesk, capture: Int) {
        self.desk = desk
        self.capture = capture
    }

    mutating func take(_ block: RingBlock) { desk.file?.append(block, of: capture) }

    mutating func advance(to time: ReceiveTime) -> Bool {
        desk.file?.advance(to: time)
        return false
    }

    mutating func note(_ loss: Loss, at time: ReceiveTime) { desk.file?.note(loss, of: capture) }

    mutating func finish(at time: ReceiveTime) {}
}
