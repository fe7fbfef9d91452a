public import FlowModel
public import Wire

/// Adds frames up by flow and tap, for the one thread that reads them.
///
/// A pure state machine: frames go in, and now and then what they came to goes out as a batch; no clock, no lock. So a packet costs one
/// look at a table of its own, and the session table's lock is taken once for many.
public struct FlowTable: ~Copyable {
    public init(seed: (UInt64, UInt64)) {}

    /// Counts a frame to its flow.
    ///
    /// - Complexity: O(1) on average.
    public mutating func count(_ frame: borrowing Frame) {}

    /// Appends what has come since the last call, flow by flow.
    public mutating func drain(into batch: inout ObservationBatch) {}
}
