/// Where things stand in a ring of the third version: `struct tpacket_block_desc`, then for each frame `struct tpacket3_hdr` and
/// `struct sockaddr_ll` (linux/if_packet.h), all in the machine's order.
public enum RingLayout {
    /// Whose the block is: 0 is the kernel's, bit 0 the reader's.
    @inlinable public static var status: Int { 8 }
    @inlinable public static var frameCount: Int { 12 }
    @inlinable public static var firstFrame: Int { 16 }
    @inlinable public static var blockHeaderSize: Int { 48 }
    /// With the address behind it (`TPACKET3_HDRLEN`).
    @inlinable public static var frameHeaderSize: Int { 68 }
    /// `struct virtio_net_hdr`, in front of the link layer (virtio_net.h).
    @inlinable static var segmentHeaderSize: Int { 10 }
    /// Bits of a frame's status: `TP_STATUS_USER`, `TP_STATUS_VLAN_VALID`, `TP_STATUS_GSO_TCP`.
    @inlinable static var isFilled: UInt32 { 1 }
    @inlinable static var hasVLAN: UInt32 { 0x10 }
    @inlinable static var isTCPAggregate: UInt32 { 0x100 }
    /// `PACKET_OTHERHOST` and `PACKET_OUTGOING`.
    @inlinable static var otherHost: UInt8 { 3 }
    @inlinable static var outgoing: UInt8 { 4 }

    /// Whether frames of such hardware begin with an Ethernet header: `ARPHRD_ETHER` and `ARPHRD_LOOPBACK` (if_arp.h).
    @inlinable
    public static func isEthernet(_ hardware: UInt16) -> Bool { hardware == 1 || hardware == 772 }
}
