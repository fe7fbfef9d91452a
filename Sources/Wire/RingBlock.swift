public import FlowModel

/// A cursor over the frames of a block of a packet ring (`struct tpacket_block_desc`, linux/if_packet.h), in plain memory.
///
/// ```
/// var block = RingBlock(bytes, knowsSegments: true)
/// while let frame = block.next() { … }
/// ```
/// The kernel writes the block before the reader gets it. Its words are checked all the same: none leads outside the block.
@frozen
public struct RingBlock: ~Escapable {
    @usableFromInline let bytes: ByteReader
    /// Where the next frame's header stands.
    @usableFromInline var place: Int
    /// Frames that the block's header promises and that were not read yet.
    @usableFromInline var remainingCount: Int
    /// Frames that were promised and could not be found, as a length or an offset leads outside the block.
    public private(set) var lostCount = 0
    @usableFromInline let knowsSegments: Bool

    /// - Parameters:
    ///   - bytes: the whole block.
    ///   - knowsSegments: whether a `struct virtio_net_hdr` stands in front of each frame (`PACKET_VNET_HDR`).
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: ByteReader, knowsSegments: Bool) {
        self.bytes = bytes
        self.knowsSegments = knowsSegments
        let count = Int(bytes.native(UInt32.self, at: RingLayout.frameCount) ?? 0)
        place = Int(bytes.native(UInt32.self, at: RingLayout.firstFrame) ?? 0)
        // No more than there is room for, whatever the header says: what is missing is counted.
        remainingCount = min(count, bytes.count / RingLayout.frameHeaderSize)
    }

    /// The next frame; `nil` at the end of the block, and where it is damaged: ``lostCount`` then tells how much of it is lost.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func next() -> Frame? {
        var facts = FrameFacts.none
        guard let bytes = next(until: .distantFuture, &facts) else { return nil }
        return Frame(bytes, facts)
    }

    /// The next frame if it passed by `end`; else `nil`, and it is still the next one.
    ///
    /// `nil` as well at the end of the block and where it is damaged, as ``next()`` tells then.
    ///
    /// - Parameter facts: set to those of the frame that is returned, and left alone where there is none. A ``Frame``, which has both, is put together in memory; these two, where they
    ///   are used at once, are not.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func next(until end: Timestamp, _ facts: inout FrameFacts) -> ByteReader? {
        while remainingCount > 0 {
            guard place >= RingLayout.blockHeaderSize,
                let header = bytes.part(RingLayout.frameHeaderSize, at: place),
                let step = header.native(UInt32.self, at: 0),
                let status = header.native(UInt32.self, at: 20),
                step >= RingLayout.frameHeaderSize || remainingCount == 1
            else { return lose() }
            if status & RingLayout.isFilled == 0 {
                // A place that the kernel kept for a frame and then dropped it, as it had no number for its kind of segments
                // (tpacket_rcv): it counts it among its drops, and what lies there is an older frame's.
                skip(step)
                continue
            }
            guard let seconds = header.native(UInt32.self, at: 4), let nanoseconds = header.native(UInt32.self, at: 8),
                let captured = header.native(UInt32.self, at: 12), let length = header.native(UInt32.self, at: 16),
                let link = header.native(UInt16.self, at: 24), let network = header.native(UInt16.self, at: 26),
                let type = header.bigEndian(UInt16.self, at: 50), let interface = header.native(UInt32.self, at: 52),
                let hardware = header.native(UInt16.self, at: 56), let kind = header.native(UInt8.self, at: 58)
            else { return lose() }
            let time = Timestamp(nanoseconds: Int64(seconds) &* 1_000_000_000 &+ Int64(nanoseconds))
            guard time <= end else { return nil }
            // A frame without a link layer of its own begins with its network header: what the kernel keeps in front differs from
            // device to device.
            let isEthernet = RingLayout.isEthernet(hardware)
            let ahead = isEthernet ? 0 : Int(network) &- Int(link)
            let skipped = min(ahead, Int(captured))
            guard Int(link) >= RingLayout.frameHeaderSize, network >= link,
                let frame = bytes.part(Int(captured) &- skipped, at: place &+ Int(link) &+ skipped)
            else { return lose() }
            facts = FrameFacts(
                time: time, originalLength: Int(length) &- ahead, interface: interface,
                direction: kind == RingLayout.outgoing ? .egress : .ingress,
                linkType: isEthernet ? .ethernet : .raw)
            facts.isForOtherHost = kind == RingLayout.otherHost
            facts.etherType = type
            if status & RingLayout.hasVLAN != 0 {
                facts.vlan = UInt16(truncatingIfNeeded: header.native(UInt32.self, at: 32) ?? 0)
                facts.vlanType = header.native(UInt16.self, at: 36).flatMap { $0 == 0 ? nil : $0 } ?? 0x8100
            }
            facts.isAggregate = status & RingLayout.isTCPAggregate != 0
            if knowsSegments {
                facts.knowsAggregates = true
                let segments = place &+ Int(link) &- RingLayout.segmentHeaderSize
                if let type = bytes.uint8(at: segments &+ 1), type != 0,
                    let size = bytes.native(UInt16.self, at: segments &+ 4)
                {
                    facts.segmentSize = size
                    facts.isAggregate = size > 0
                }
            }
            skip(step)
            return frame
        }
        return nil
    }

    /// Goes on behind a frame.
    @inlinable
    @_lifetime(self: copy self)
    mutating func skip(_ step: UInt32) {
        place = place &+ Int(step)
        remainingCount &-= 1
    }

    /// Gives the rest of the block up.
    @usableFromInline
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func lose() -> ByteReader? {
        lostCount += remainingCount
        remainingCount = 0
        return nil
    }
}
