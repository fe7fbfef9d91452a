/// Where the sources deliver: the way from left to right, without the left knowing the right.
public protocol ObservationSink: AnyObject, Sendable {
    /// Takes in a batch; called from the sources' threads.
    func take(_ batch: ObservationBatch, at time: ReceiveTime) -> SinkAnswer

    /// Nothing came for a while.
    func advance(to time: ReceiveTime) -> SinkAnswer
}

/// What a sink has to say to its sources.
public struct SinkAnswer: Sendable {
    /// A dump is wanted, and why.
    public var wantedDump: DumpStart.Cause?
    /// What can wait, a dump's rows or a file's records, should wait a little.
    public var isCongested: Bool

    public init(wantedDump: DumpStart.Cause? = nil, isCongested: Bool = false) {
        self.wantedDump = wantedDump
        self.isCongested = isCongested
    }
}
