public import FlowModel

/// A packet as NFLOG reports it: what the kernel's logger knew, and the packet's own bytes (nfnetlink_log.c).
///
/// Spans borrow from the datagram. Whatever the kernel did not send is `nil` or empty.
public struct NFLogMessage: ~Escapable {
    /// The ethertype of the payload (0x0800, 0x86dd), 0 where the hook has none.
    public var etherType: UInt16 = 0
    /// The netfilter hook: 0 PREROUTING, 1 INPUT, 2 FORWARD, 3 OUTPUT, 4 POSTROUTING.
    public var hook: UInt8 = 0
    public var mark: UInt32?
    /// When the packet came in; there is none at OUTPUT.
    public var time: Timestamp?
    public var inInterface: InterfaceIndex = 0
    public var outInterface: InterfaceIndex = 0
    /// The bridge's ports, where a bridge is in between.
    public var physicalInInterface: InterfaceIndex = 0
    public var physicalOutInterface: InterfaceIndex = 0
    /// The sender's hardware address, at most 8 bytes.
    public var hardwareAddress: Span<UInt8>
    /// The packet from its network header on, as far as the copy range goes.
    public var payload: ByteReader
    /// The rule's prefix without its NUL.
    public var prefix: Span<UInt8>
    /// The owner of the sending socket, for local traffic.
    public var userID: UInt32?
    public var groupID: UInt32?
    /// The packet's number within its group; a gap is a loss.
    public var sequence: UInt32?
    /// The packet's number within the namespace.
    public var globalSequence: UInt32?
    /// The interface's ARPHRD type.
    public var hardwareType: UInt16?
    public var hardwareHeader: Span<UInt8>
    /// The attributes of the packet's conntrack entry, where the kernel attaches them (NFULA_CT); else empty.
    public var conntrack: ByteReader
    /// The packet's relation to its conntrack entry (`enum ip_conntrack_info`).
    public var conntrackInfo: UInt32?
    public var vlan: VLANTag?
    /// The link-layer header of a bridge's packet (NFULA_L2HDR).
    public var linkHeader: Span<UInt8>

    public struct VLANTag: Sendable {
        public var protocolNumber: UInt16 = 0
        /// Priority, drop indication and the VLAN's number in the lower 12 bits.
        public var control: UInt16 = 0
    }

    /// Decodes the attributes of an NFLOG packet message.
    @_lifetime(copy attributes)
    public init(attributes: ByteReader) throws(WireFault) {
        let none = attributes.slice(from: 0, to: 0)
        hardwareAddress = none.span
        payload = none
        prefix = none.span
        hardwareHeader = none.span
        linkHeader = none.span
        conntrack = none
        var payloadIsPresent = false
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            let value = cursor.payload
            switch cursor.type {
            case 1:  // NFULA_PACKET_HDR
                guard let protocolNumber = value.bigEndian(UInt16.self, at: 0), let hook = value.uint8(at: 2) else {
                    throw .scalarLength
                }
                etherType = protocolNumber
                self.hook = hook
            case 2: mark = try cursor.scalar(UInt32.self)  // NFULA_MARK
            case 3: time = try Self.timestamp(value)  // NFULA_TIMESTAMP
            case 4: inInterface = try cursor.scalar(UInt32.self)  // NFULA_IFINDEX_INDEV
            case 5: outInterface = try cursor.scalar(UInt32.self)  // NFULA_IFINDEX_OUTDEV
            case 6: physicalInInterface = try cursor.scalar(UInt32.self)  // NFULA_IFINDEX_PHYSINDEV
            case 7: physicalOutInterface = try cursor.scalar(UInt32.self)  // NFULA_IFINDEX_PHYSOUTDEV
            case 8: hardwareAddress = try Self.hardwareAddress(value)  // NFULA_HWADDR
            case 9:  // NFULA_PAYLOAD
                payload = value
                payloadIsPresent = true
            case 10: prefix = value.text  // NFULA_PREFIX
            case 11: userID = try cursor.scalar(UInt32.self)  // NFULA_UID
            case 12: sequence = try cursor.scalar(UInt32.self)  // NFULA_SEQ
            case 13: globalSequence = try cursor.scalar(UInt32.self)  // NFULA_SEQ_GLOBAL
            case 14: groupID = try cursor.scalar(UInt32.self)  // NFULA_GID
            case 15: hardwareType = try cursor.scalar(UInt16.self)  // NFULA_HWTYPE
            case 16: hardwareHeader = value.span  // NFULA_HWHEADER
            case 17: _ = try cursor.scalar(UInt16.self)  // NFULA_HWLEN: the span's length says it
            case 18: conntrack = value  // NFULA_CT
            case 19: conntrackInfo = try cursor.scalar(UInt32.self)  // NFULA_CT_INFO
            case 20: vlan = try Self.vlan(value)  // NFULA_VLAN
            case 21: linkHeader = value.span  // NFULA_L2HDR
            default: break
            }
        }
        guard payloadIsPresent else { throw .missingPayload }
    }

    /// `struct nfulnl_msg_packet_timestamp`: seconds and microseconds, both 64 bits in network order.
    private static func timestamp(_ value: ByteReader) throws(WireFault) -> Timestamp {
        guard value.count == 16, let seconds = value.bigEndian(UInt64.self, at: 0),
            let microseconds = value.bigEndian(UInt64.self, at: 8)
        else { throw .scalarLength }
        return Timestamp(
            seconds: Int64(clamping: seconds), nanoseconds: Int64(truncatingIfNeeded: microseconds) &* 1000)
    }

    /// `struct nfulnl_msg_packet_hw`: a length of 16 bits, padding, eight bytes.
    @_lifetime(copy value)
    private static func hardwareAddress(_ value: ByteReader) throws(WireFault) -> Span<UInt8> {
        guard let length = value.bigEndian(UInt16.self, at: 0), length <= 8, value.count >= 4 + Int(length) else {
            throw .scalarLength
        }
        return value.slice(from: 4, to: 4 + Int(length)).span
    }

    private static func vlan(_ attributes: ByteReader) throws(WireFault) -> VLANTag {
        var tag = VLANTag()
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: tag.protocolNumber = try cursor.scalar(UInt16.self)  // NFULA_VLAN_PROTO
            case 2: tag.control = try cursor.scalar(UInt16.self)  // NFULA_VLAN_TCI
            default: break
            }
        }
        return tag
    }
}
