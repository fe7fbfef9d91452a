public import FlowModel

/// What stands in front of a frame's IP packet, and what it says of the frame.
@frozen
public struct LinkHeader: Sendable {
    /// Bytes in front of the IP packet, tags and labels included.
    public var length: Int
    /// The same as they were on the wire: of Ethernet, with the tag that was taken out, and where a cooked header stands in for it; 0 of others.
    public var wireLength: Int
    /// Where the header names none, what the capture knows (``FrameFacts``).
    public var interface: InterfaceIndex
    /// Where the header tells none, what the capture knows.
    public var direction: FrameDirection
    /// The outermost VLAN tag with its priority bits, whether it is still in the frame or was taken out; `nil` where there was none.
    public var vlan: UInt16?

    /// Finds a frame's IP packet.
    ///
    /// - Throws: ``WireFault/notIP`` for ARP, LLDP and all else that carries no IP packet, ``WireFault/packetCut`` where the bytes
    ///   end in front of it.
    @inlinable
    public init(_ frame: borrowing Frame) throws(WireFault) { try self.init(frame.bytes, frame.facts) }

    /// The same of a frame in two parts.
    ///
    /// Inlined as far as IP right behind an Ethernet header goes, which is nearly every frame.
    @inlinable
    @inline(__always)
    public init(_ bytes: ByteReader, _ facts: borrowing FrameFacts) throws(WireFault) {
        length = Self.ethernetLength
        interface = facts.interface
        direction = facts.direction
        vlan = facts.vlan
        wireLength = Self.ethernetLength &+ (vlan == nil ? 0 : 4)
        if facts.linkType == .ethernet, let type = bytes.bigEndian(UInt16.self, at: 12), Self.isIP(type) { return }
        self = try found(in: bytes, facts.linkType, facts.etherType)
    }

    /// The way of every other frame.
    ///
    /// A copy that is handed back: were the header changed in place, it would be in memory for all the frames that do not come here, too.
    @usableFromInline
    @inline(never)
    func found(in bytes: ByteReader, _ linkType: LinkType, _ etherType: UInt16) throws(WireFault) -> LinkHeader {
        if linkType == .raw, etherType != 0, !Self.isIP(etherType) { throw .notIP }
        var header = self
        try header.skip(bytes, linkType)
        return header
    }

    @usableFromInline static var ethernetLength: Int { 14 }

    /// Whether an Ethertype is that of IPv4 or IPv6.
    @inlinable
    static func isIP(_ etherType: UInt16) -> Bool { etherType == 0x0800 || etherType == 0x86dd }

    private mutating func skip(_ bytes: ByteReader, _ linkType: LinkType) throws(WireFault) {
        switch linkType {
        case .ethernet:
            let type = try Self.number(bytes, at: 12)
            try skip(bytes, etherType: type)
            wireLength += length - Self.ethernetLength
        case .linuxCooked: try skipCooked(bytes)
        case .linuxCooked2: try skipCooked2(bytes)
        case .null, .loop: try skipLoopback(bytes)
        case .rawBSD, .raw, .ipv4, .ipv6: (length, wireLength) = (0, 0)
        case .nflog, .netlink: throw .notIP
        }
    }

    /// `packet type, ARPHRD_ type, address length, address (8), protocol` (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL).
    private mutating func skipCooked(_ bytes: ByteReader) throws(WireFault) {
        let packetType = try Self.number(bytes, at: 0)
        let hardware = try Self.number(bytes, at: 2)
        let etherType = try Self.number(bytes, at: 14)
        length = 16
        takePacketType(packetType)
        try skip(bytes, cooked: etherType, hardware)
    }

    /// `protocol, reserved (2), interface (4), ARPHRD_ type, packet type (1), address length (1), address (8)`
    /// (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2).
    private mutating func skipCooked2(_ bytes: ByteReader) throws(WireFault) {
        guard bytes.count >= 20, let index = bytes.bigEndian(UInt32.self, at: 4), let packetType = bytes.uint8(at: 10)
        else { throw .packetCut }
        let etherType = try Self.number(bytes, at: 0)
        let hardware = try Self.number(bytes, at: 8)
        length = 20
        if index != 0 { interface = index }
        takePacketType(UInt16(packetType))
        try skip(bytes, cooked: etherType, hardware)
    }

    /// Host, broadcast, multicast and, of a promiscuous interface, other hosts: all came in. 4 goes out (PACKET_OUTGOING, if_packet.h).
    private mutating func takePacketType(_ type: UInt16) {
        switch type {
        case 0...3: direction = .ingress
        case 4: direction = .egress
        default: break
        }
    }

    private mutating func skip(
        _ bytes: ByteReader, cooked etherType: UInt16, _ hardware: UInt16
    ) throws(WireFault) {
        // In what nlmon shows, the place of the Ethertype has the netlink family.
        guard hardware != NetlinkCapture.hardwareType else { throw .notIP }
        let cookedLength = length
        try skip(bytes, etherType: etherType)
        wireLength = RingLayout.isEthernet(hardware) ? wireLength + length - cookedLength : 0
    }

    /// The address family as a number of the writer's, of either byte order, and its IPv6 as each system numbers it.
    private mutating func skipLoopback(_ bytes: ByteReader) throws(WireFault) {
        guard var family = bytes.native(UInt32.self, at: 0) else { throw .packetCut }
        if family > 0xffff { family = family.byteSwapped }
        (length, wireLength) = (4, 0)
        switch family {
        case 2, 10, 24, 28, 30: return  // AF_INET; AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, Darwin
        default: throw .notIP
        }
    }

    /// Goes over what the Ethertype that ends at ``length`` announces, as far as the IP packet. Each turn takes bytes, which bounds them.
    private mutating func skip(_ bytes: ByteReader, etherType: UInt16) throws(WireFault) {
        var type = etherType
        while true {
            switch type {
            case 0x0800, 0x86dd: return
            case 0x8100, 0x88a8, 0x9100, 0x9200:  // 802.1Q, 802.1ad, and the tags from before it
                let tag = try Self.number(bytes, at: length)
                type = try Self.number(bytes, at: length + 2)
                length += 4
                if vlan == nil { vlan = tag }
            case 0x8864: return try skipPPPoE(bytes)
            case 0x8847, 0x8848: return try skipLabels(bytes)
            case 0..<0x0600:  // the length of an 802.3 frame; an Ethertype follows behind SNAP
                guard try Self.number(bytes, at: length) == 0xaaaa else { throw .notIP }
                type = try Self.number(bytes, at: length + 6)
                guard type >= 0x0600 else { throw .notIP }
                length += 8
            default: throw .notIP
            }
        }
    }

    /// `version and type, code, session, length, PPP protocol` (RFC 2516 section 4).
    private mutating func skipPPPoE(_ bytes: ByteReader) throws(WireFault) {
        let protocolNumber = try Self.number(bytes, at: length + 6)
        length += 8
        guard protocolNumber == 0x0021 || protocolNumber == 0x0057 else { throw .notIP }
    }

    /// The last label has the bottom bit (RFC 3032 section 2.1). What follows says itself whether it is IP; a 0 is a pseudo-wire's.
    private mutating func skipLabels(_ bytes: ByteReader) throws(WireFault) {
        while true {
            guard let label = bytes.bigEndian(UInt32.self, at: length) else { throw .packetCut }
            length += 4
            if label & 0x100 != 0 { break }
        }
        guard let first = bytes.uint8(at: length) else { throw .packetCut }
        guard first >> 4 == 4 || first >> 4 == 6 else { throw .notIP }
    }

    private static func number(_ bytes: ByteReader, at offset: Int) throws(WireFault) -> UInt16 {
        guard let number = bytes.bigEndian(UInt16.self, at: offset) else { throw .packetCut }
        return number
    }
}
