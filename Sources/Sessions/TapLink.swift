import FlowModel

/// What a capture saw of a session at one tap, as the table keeps it: in 120 bytes, where a ``TapLane`` takes 192.
///
/// Of most sessions each frame is a whole packet and one on the wire, so that one count stands for three. What is more or less than that
/// is counted apart.
struct TapLink {
    var tap: Tap
    /// A packet's length was not known.
    var isLowerBound = false
    var vlans: VLANs
    /// Which tuple the packets showed: at a tap that does not know their way it may have been both.
    let tupleHash: UInt32
    /// The next one of the session.
    var next = TapChains.none
    /// The place of what is counted apart; ``TapChains/none`` where there is nothing.
    var odd = TapChains.none
    var original = Plain()
    var reply = Plain()

    init(_ tap: Tap, _ vlans: VLANs, tupleHash: UInt32) {
        (self.tap, self.vlans, self.tupleHash) = (tap, vlans, tupleHash)
    }

    /// What frames of one direction come to that are whole packets, each of them one on the wire.
    struct Plain {
        private var seen = Counters()
        private var headerByteCount: UInt64 = 0
        /// Bytes on the wire besides those of ``seen``.
        private var linkByteCount: UInt64 = 0
        private(set) var first = Timestamp(nanoseconds: 0)
        private var last = Timestamp(nanoseconds: 0)

        var isEmpty: Bool { seen.packetCount == 0 }

        /// Adds counts that are plain.
        mutating func add(_ counts: FrameCounts) {
            guard counts.seen.packetCount > 0 else { return }
            first = isEmpty ? counts.first : min(first, counts.first)
            last = max(last, counts.last)
            seen = seen + counts.seen
            headerByteCount &+= counts.headerByteCount
            linkByteCount &+= counts.wire.byteCount &- counts.seen.byteCount
        }

        /// The same as all kinds of frames are counted.
        var counts: FrameCounts {
            var counts = FrameCounts()
            (counts.seen, counts.whole) = (seen, seen)
            counts.wire = Counters(packetCount: seen.packetCount, byteCount: seen.byteCount &+ linkByteCount)
            counts.headerByteCount = headerByteCount
            (counts.first, counts.last) = (first, last)
            return counts
        }

        /// Something of its last bytes.
        var ahead: UInt64 { UInt64(bitPattern: last.nanoseconds) }
    }

    /// What frames of both directions come to that are not.
    struct Odd {
        var original = FrameCounts()
        var reply = FrameCounts()

        mutating func swapDirections() { swap(&original, &reply) }
    }

    /// Whether it is a tap's; then the VLANs that were not known yet are.
    mutating func takes(_ tap: Tap, _ vlans: VLANs, tupleHash: UInt32) -> Bool {
        guard self.tupleHash == tupleHash, self.tap == tap, self.vlans.fits(vlans) else { return false }
        self.vlans.complete(by: vlans)
        return true
    }

    /// Adds what a flow came to that is plain both ways, if it is of this tap.
    ///
    /// - Parameters:
    ///   - tap: the flow's, as the session's first direction passes it; so are the VLANs.
    ///   - isLowerBound: whether a packet's length is not known.
    /// - Returns: whether it was added.
    mutating func add(
        _ original: FrameCounts, _ reply: FrameCounts, _ tap: Tap, _ vlans: VLANs, tupleHash: UInt32, isLowerBound: Bool
    ) -> Bool {
        guard original.isPlain, reply.isPlain, takes(tap, vlans, tupleHash: tupleHash) else { return false }
        self.original.add(original)
        self.reply.add(reply)
        if isLowerBound { self.isLowerBound = true }
        return true
    }

    /// Adds what is plain.
    ///
    /// - Returns: whether all was.
    mutating func add(_ original: FrameCounts, _ reply: FrameCounts) -> Bool {
        let (isPlain, isReplyPlain) = (original.isPlain, reply.isPlain)
        if isPlain { self.original.add(original) }
        if isReplyPlain { self.reply.add(reply) }
        return isPlain && isReplyPlain
    }

    /// What was taken for the answer is the first direction after all.
    mutating func swapDirections() {
        swap(&original, &reply)
        vlans = vlans.reversed
        tap.direction = tap.direction.opposite
    }

    /// When the first of the plain ones passed, either way; 0 where there was none.
    var first: Timestamp {
        original.isEmpty ? reply.first : reply.isEmpty ? original.first : min(original.first, reply.first)
    }

    /// Something of each of its cache lines.
    var ahead: UInt64 { UInt64(next) &+ original.ahead &+ reply.ahead }
}

extension FrameCounts {
    /// Whether each frame was a whole packet, and one on the wire.
    var isPlain: Bool {
        aggregateCount | unsplitCount | fragmentCount | errorCount == 0 && seen == whole
            && seen.packetCount == wire.packetCount
    }
}
