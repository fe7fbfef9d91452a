public import FlowModel

/// A frame that passed an interface: its borrowed bytes, and what the capture knows besides.
@frozen
public struct Frame: ~Escapable {
    /// What was captured of it, from the link layer's header on.
    public let bytes: ByteReader
    public let facts: FrameFacts

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: ByteReader, _ facts: FrameFacts) {
        self.bytes = bytes
        self.facts = facts
    }
}

/// What a capture knows of a frame besides its bytes.
@frozen
public struct FrameFacts: Sendable {
    public var time: Timestamp
    /// Bytes of the whole frame, of which fewer may have been captured; of an aggregate, the aggregate's.
    public var originalLength: Int
    /// 0 where the capture does not say.
    public var interface: InterfaceIndex
    public var direction: FrameDirection
    public var linkType: LinkType
    /// The VLAN that the network card or the kernel took out of the frame (802.1Q), with its priority bits; `nil` where it took none.
    public var vlan: UInt16?
    /// The type of the tag that was taken out: 0x8100 (802.1Q) or 0x88a8 (802.1ad).
    public var vlanType: UInt16 = 0x8100
    /// Bytes of payload in each segment of an aggregate (`gso_size`, virtio_net.h); 0 where it is none, or the capture does not say.
    public var segmentSize: UInt16
    /// The frame is more than one packet on the wire (`TP_STATUS_GSO_TCP`, or a ``segmentSize``).
    public var isAggregate: Bool
    /// Whether the capture tells of every aggregate: then a frame that is not marked as one is one packet, however long.
    public var knowsAggregates: Bool
    /// What the kernel takes the packet for, as an Ethertype; 0 where the capture does not say. Only of frames without a link layer is it
    /// the word that counts.
    public var etherType: UInt16 = 0
    /// It came in and is addressed to another host: it is seen as the interface is promiscuous, and the kernel drops it at once.
    public var isForOtherHost = false

    @inlinable
    public init(
        time: Timestamp, originalLength: Int, interface: InterfaceIndex = 0, direction: FrameDirection = .unknown,
        linkType: LinkType, vlan: UInt16? = nil, segmentSize: UInt16 = 0, isAggregate: Bool = false,
        knowsAggregates: Bool = false
    ) {
        self.time = time
        self.originalLength = originalLength
        self.interface = interface
        self.direction = direction
        self.linkType = linkType
        self.vlan = vlan
        self.segmentSize = segmentSize
        self.isAggregate = isAggregate
        self.knowsAggregates = knowsAggregates
    }

    /// Of no frame, for a place that is to be filled.
    @inlinable
    public static var none: FrameFacts {
        FrameFacts(time: Timestamp(nanoseconds: 0), originalLength: 0, linkType: .ethernet)
    }
}
