public import FlowModel

/// The headers of an IPv4 or IPv6 packet, reduced to its tuple and sizes.
///
/// The bytes may end early, as a logging rule's copy range makes them; what is needed for the tuple must be there.
public struct IPPacket: Sendable {
    /// The tuple; an ICMP error has that of the packet that it speaks of.
    public var key: FlowKey
    /// The IP packet's length in bytes as its header says; where that is 0 (BIG TCP, jumbograms), the captured length,
    /// which is a lower bound.
    public var byteCount: UInt64
    /// ``byteCount`` is the captured length.
    public var isLengthUnknown = false
    /// Where the transport header begins.
    public var transportOffset: Int
    /// ICMP destination unreachable, time exceeded, parameter problem and the like: ``key`` is the embedded packet's.
    public var isICMPError = false
    /// A fragment that is not the first one: it has no ports.
    public var isLaterFragment = false
    /// Which packet it is a part of; `nil` of a whole one.
    public var fragmentIdentification: UInt32?
    public var tcpFlags: UInt8?
    /// The bytes end within the headers that make the tuple, which lacks what they would have shown.
    public var isCut = false
    /// Bytes of the IPv6 header that makes it a fragment, which the whole packet does not have; 0 where there is none.
    public var fragmentHeaderByteCount = 0

    /// Where the bytes end within the headers that make the tuple, it is one without ports: any stranger can send a packet
    /// that is too short, or whose extension headers go beyond the copy range, and a denial of it must be seen.
    ///
    /// - Throws: ``WireFault/notIP``, ``WireFault/packetHeader`` for impossible lengths, ``WireFault/packetCut`` where the
    ///   bytes end within the IP header.
    public init(_ bytes: ByteReader) throws(WireFault) {
        self = try Self.decode(bytes, isEmbedded: false)
    }

    private init(_ network: NetworkHeader) {
        key = FlowKey(
            source: network.source, destination: network.destination, transport: network.transport,
            family: network.family)
        byteCount = network.byteCount
        transportOffset = network.length
        isLengthUnknown = network.isLengthUnknown
        isLaterFragment = network.fragmentOffset > 0
        if network.hasFragmentHeader { fragmentHeaderByteCount = 8 }
        if isLaterFragment || network.hasMoreFragments { fragmentIdentification = network.identification }
    }

    /// - Parameter isEmbedded: within an ICMP error, whose own embedded errors are not followed.
    private static func decode(_ bytes: ByteReader, isEmbedded: Bool) throws(WireFault) -> IPPacket {
        let network = try NetworkHeader(bytes)
        var packet = IPPacket(network)
        if packet.isLaterFragment { return packet }
        if network.isCut {
            guard !isEmbedded else { throw .packetCut }
            packet.isCut = true
            return packet
        }
        do throws(WireFault) {
            try packet.readTransport(bytes.slice(from: network.length), network, isEmbedded: isEmbedded)
        } catch {
            guard error == .packetCut, !isEmbedded else { throw error }
            packet.isCut = true
        }
        return packet
    }

    private mutating func readTransport(
        _ bytes: ByteReader, _ network: NetworkHeader, isEmbedded: Bool
    ) throws(WireFault) {
        switch network.transport {
        case .tcp:
            try readPorts(bytes)
            tcpFlags = bytes.uint8(at: 13)
        case .udp, .udpLite, .sctp, .dccp:
            try readPorts(bytes)
        case .gre:
            try readGRE(bytes)
        case .icmp, .icmpv6:
            guard let type = bytes.uint8(at: 0), let code = bytes.uint8(at: 1) else { throw .packetCut }
            key.destinationPort = UInt16(type) << 8 | UInt16(code)
            if !isEmbedded, network.isICMPError(type) {
                do throws(WireFault) {
                    key = try Self.decode(bytes.slice(from: 8), isEmbedded: true).key
                    isICMPError = true
                } catch {
                    // What is quoted is no packet: the message stands for itself.
                    if error == .packetCut { throw error }
                }
            } else if ICMPMessage.hasIdentifier(type: type, family: network.family) {
                guard let identifier = bytes.bigEndian(UInt16.self, at: 4) else { throw .packetCut }
                key.sourcePort = identifier
            }
        default: break
        }
    }

    private mutating func readPorts(_ bytes: ByteReader) throws(WireFault) {
        guard let source = bytes.bigEndian(UInt16.self, at: 0), let destination = bytes.bigEndian(UInt16.self, at: 2)
        else { throw .packetCut }
        key.sourcePort = source
        key.destinationPort = destination
    }

    /// Only version 1 (PPTP) has a key in the kernel's tuple: the call's number (nf_conntrack_proto_gre.c).
    private mutating func readGRE(_ bytes: ByteReader) throws(WireFault) {
        guard let version = bytes.uint8(at: 1) else { throw .packetCut }
        guard version & 0x7 == 1 else { return }
        guard let call = bytes.bigEndian(UInt16.self, at: 6) else { throw .packetCut }
        key.destinationPort = call
    }
}
