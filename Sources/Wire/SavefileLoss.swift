public import FlowModel

/// What a file tells that its capture lost on one of its interfaces, besides what it told before.
public struct SavefileLoss: Sendable, Equatable {
    /// Its ``SavefileInterface/number``.
    public var interface: Int
    /// Records.
    public var count: UInt64
    /// More was lost, of which nobody knows how much.
    public var hasUncounted: Bool
    /// When it was told; 0 where the file's writer knew no time.
    public var time: Timestamp
}
