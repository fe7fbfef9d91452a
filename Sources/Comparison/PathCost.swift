public import FlowModel

/// What one way of reading cost.
public struct PathCost: Sendable, Equatable {
    public var lane: Lane
    /// Nanoseconds of processor time of its threads, that in the kernel included.
    public var processorTime: UInt64
    /// Bytes of receive buffer or ring.
    public var bufferBytes: UInt64?
    /// What it lost, in its own unit: messages, packets.
    public var lostCount: UInt64

    public init(lane: Lane, processorTime: UInt64, bufferBytes: UInt64? = nil, lostCount: UInt64 = 0) {
        self.lane = lane
        self.processorTime = processorTime
        self.bufferBytes = bufferBytes
        self.lostCount = lostCount
    }
}
