internal import FlowModel
internal import Wire

/// What the frames of a capture are for; in the thread that reads them.
protocol FrameConsumer: ~Copyable, SendableMetatype {
    /// Takes in the frames of a block, which are there until it returns.
    mutating func take(_ block: RingBlock)

    /// Time has passed, at least ten times a second.
    ///
    /// - Returns: whether it has more to do, and wants to come round again at once.
    mutating func advance(to time: ReceiveTime) -> Bool

    /// Something was lost.
    mutating func note(_ loss: Loss, at time: ReceiveTime)

    /// Nothing comes any more.
    mutating func finish(at time: ReceiveTime)
}
