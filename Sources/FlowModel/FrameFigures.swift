/// What a capture has read altogether, or since its last word.
public struct FrameFigures: Hashable, Sendable {
    /// Frames, whatever they carried.
    public var frameCount: UInt64 = 0
    /// Those of them that carried no IP packet: ARP, LLDP and the like, which no session has.
    public var otherCount: UInt64 = 0
    /// Flows whose counts were handed on early as there were more than the table of flows holds: no count is lost by that.
    public var earlyFlowCount: UInt64 = 0

    /// Frames for other hosts that were left out, as whoever asked for these figures wished.
    public var foreignCount: UInt64 = 0

    @inlinable
    public init() {}

    public mutating func add(_ other: FrameFigures) {
        frameCount &+= other.frameCount
        otherCount &+= other.otherCount
        earlyFlowCount &+= other.earlyFlowCount
        foreignCount &+= other.foreignCount
    }
}
