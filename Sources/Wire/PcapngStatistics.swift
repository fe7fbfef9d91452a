internal import FlowModel

/// What became of the frames of a capture since a file of it began (draft-ietf-opsawg-pcapng section 4.6).
struct PcapngStatistics: Sendable {
    /// Bytes of the block at most.
    static let greatestLength = 160

    /// Of the interfaces that the file describes.
    let interface: UInt32
    private var start = Timestamp(nanoseconds: 0)
    private var frameCount: UInt64 = 0
    private var lossCount: UInt64 = 0
    /// Something was lost besides of which nobody knows how much.
    private var hasUncountedLoss = false

    init(interface: UInt32) { self.interface = interface }

    /// Another file begins.
    mutating func begin(at time: Timestamp) { self = Self(interface: interface, start: time) }

    private init(interface: UInt32, start: Timestamp) {
        self.interface = interface
        self.start = start
    }

    mutating func noteFrame() { frameCount += 1 }

    mutating func noteLoss(of count: UInt64?) {
        if let count { lossCount += count } else { hasUncountedLoss = true }
    }

    /// Appends the block, `interface, time (8)`, isb_starttime, isb_endtime, isb_ifrecv and isb_ifdrop, which is as dumpcap counts them: what was
    /// received includes what was dropped.
    func append(at time: Timestamp, to file: inout [UInt8]) {
        let block = PcapngBlock.statistics.begin(in: &file)
        file.appendNative(interface)
        PcapngBlock.append(time, to: &file)
        if hasUncountedLoss { PcapngBlock.appendOption(1, Self.uncountedLoss.utf8, to: &file) }
        PcapngBlock.appendOption(2, time: start, to: &file)
        PcapngBlock.appendOption(3, time: time, to: &file)
        PcapngBlock.appendOption(4, number: frameCount + lossCount, to: &file)
        PcapngBlock.appendOption(5, number: lossCount, to: &file)
        PcapngBlock.appendEndOfOptions(to: &file)
        PcapngBlock.end(block, in: &file)
    }

    /// The comment that says what no number does: the format counts, and cannot say that a count is unknown.
    private static let uncountedLoss = "an unknown number of packets was lost besides"

    /// Whether a comment in such a block is that one.
    static func tellsUncountedLoss(_ comment: ByteReader) -> Bool { comment.reads(uncountedLoss) }
}
