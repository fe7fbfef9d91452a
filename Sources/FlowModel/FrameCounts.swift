/// What the frames of one direction of a tuple come to at one interface.
///
/// One packet may be many frames on the wire and one for the kernel, or the other way round, so three counts stand side by side:
/// what passed the interface (``seen``), what conntrack makes of the same packets (``whole``), and what was on the wire (``wire``).
public struct FrameCounts: Hashable, Sendable {
    /// IP packets as they passed the interface: an aggregate (GRO, GSO) is one packet, each fragment is one.
    /// Bytes are those of the IP headers' total lengths.
    public var seen = Counters()
    /// The same with fragments put together, as conntrack counts them: only the first fragment is a packet, and a later one adds
    /// what it carries without its header.
    public var whole = Counters()
    /// Packets on the wire, and their bytes with the link layer's header where the capture has that: of an aggregate its segments, each
    /// with headers of its own.
    public var wire = Counters()
    /// Bytes of IP and transport headers in ``seen``: what splits or joins packets adds or takes away only these.
    public var headerByteCount: UInt64 = 0
    /// When the first and the last of them passed; 0 where there was none.
    public var first = Timestamp(nanoseconds: 0)
    public var last = Timestamp(nanoseconds: 0)
    /// How many of ``seen`` were aggregates.
    public var aggregateCount: UInt32 = 0
    /// How many of ``seen`` are, or may be, aggregates of whose segments the capture does not tell: ``wire``, which has each as one
    /// packet, is a lower bound.
    public var unsplitCount: UInt32 = 0
    /// How many of ``seen`` were fragments, the first ones included.
    public var fragmentCount: UInt32 = 0
    /// ICMP errors that speak of the tuple; they are in none of the other counts, as conntrack does not count them either.
    public var errorCount: UInt32 = 0

    @inlinable
    public init() {}

    /// Whether nothing was counted.
    @inlinable
    public var isEmpty: Bool { seen.packetCount == 0 && errorCount == 0 }

    /// Adds what was counted besides, before or after.
    @inlinable
    public mutating func add(_ other: FrameCounts) {
        guard !other.isEmpty else { return }
        first = isEmpty ? other.first : min(first, other.first)
        last = max(last, other.last)
        seen = seen + other.seen
        whole = whole + other.whole
        wire = wire + other.wire
        aggregateCount &+= other.aggregateCount
        unsplitCount &+= other.unsplitCount
        fragmentCount &+= other.fragmentCount
        headerByteCount &+= other.headerByteCount
        errorCount &+= other.errorCount
    }
}
