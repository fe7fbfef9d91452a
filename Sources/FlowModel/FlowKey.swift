/// One direction of a connection: what netfilter calls a tuple.
///
/// Forty bytes without padding, so that two of them fit the session's record. Ports are in host order. For ICMP and ICMPv6
/// the kernel's tuple has an identifier, a type and a code instead: see ``icmp``; for GRE its keys: see ``destinationGREKey``.
/// The zone is 0 unless the tuple came from conntrack and its direction has one (`CTA_ZONE`).
public struct FlowKey: Hashable, Sendable {
    public var source: IPAddress
    public var destination: IPAddress
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    public var transport: TransportProtocol
    /// The kernel's number of the address family: as a byte, so that all but the addresses is compared by one load.
    @usableFromInline var familyNumber: UInt8
    public var zone: UInt16

    public var family: AddressFamily {
        @inlinable get { familyNumber == AddressFamily.ipv4.rawValue ? .ipv4 : .ipv6 }
        @inlinable set { familyNumber = newValue.rawValue }
    }

    @inlinable
    public init(
        source: IPAddress, destination: IPAddress, sourcePort: UInt16 = 0, destinationPort: UInt16 = 0,
        transport: TransportProtocol, family: AddressFamily, zone: UInt16 = 0
    ) {
        self.source = source
        self.destination = destination
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.transport = transport
        familyNumber = family.rawValue
        self.zone = zone
    }

    /// A key of no connection, for records that are to be filled.
    @inlinable
    public static var empty: FlowKey {
        FlowKey(
            source: .unspecified, destination: .unspecified, transport: TransportProtocol(rawValue: 0), family: .ipv6)
    }

    /// The ICMP identifier; meaningful for echo and the other queries only.
    @inlinable
    public var icmpIdentifier: UInt16 { sourcePort }

    /// The ICMP type of this direction's packets.
    @inlinable
    public var icmpType: UInt8 { UInt8(truncatingIfNeeded: destinationPort >> 8) }

    /// The ICMP code of this direction's packets.
    @inlinable
    public var icmpCode: UInt8 { UInt8(truncatingIfNeeded: destinationPort) }

    /// The same tuple with the zone taken out: packets do not say which zone they are in.
    @inlinable
    public var withoutZone: FlowKey {
        var key = self
        key.zone = 0
        return key
    }
}

extension FlowKey {
    /// Whether all parts are equal; without a branch, as the table compares for every message.
    @inlinable
    @inline(__always)
    public static func == (left: FlowKey, right: FlowKey) -> Bool {
        left.addressDifference(from: right) | (left.rest ^ right.rest) == 0
    }

    /// Whether all parts but the zones are equal: packets do not say which zone they are in.
    @inlinable
    @inline(__always)
    public func equalsButForZone(_ other: FlowKey) -> Bool {
        addressDifference(from: other) | (rest ^ other.rest) << 16 == 0
    }

    /// 0 if the addresses are equal.
    @inlinable
    @inline(__always)
    func addressDifference(from other: FlowKey) -> UInt64 {
        (source.high ^ other.source.high) | (source.low ^ other.source.low)
            | (destination.high ^ other.destination.high) | (destination.low ^ other.destination.low)
    }

    /// What is not an address, as one number, with the zone on top.
    @inlinable var rest: UInt64 {
        UInt64(sourcePort) | UInt64(destinationPort) << 16 | UInt64(transport.rawValue) << 32
            | UInt64(familyNumber) << 40 | UInt64(zone) << 48
    }

    /// The tuple of the packets that answer this one, in the same zone, when nothing translates them.
    ///
    /// ICMP queries become their replies as `nf_conntrack_proto_icmp.c` and `nf_conntrack_proto_icmpv6.c` map them; a
    /// type without an answer is kept.
    @inlinable
    public var inverse: FlowKey {
        var key = self
        key.source = destination
        key.destination = source
        if transport.isICMP {
            key.destinationPort = UInt16(Self.answer(to: icmpType, family: family)) << 8 | UInt16(icmpCode)
        } else {
            key.sourcePort = destinationPort
            key.destinationPort = sourcePort
        }
        return key
    }

    /// Whether this is ``inverse`` of the other, zones aside: nothing translates between them.
    @inlinable
    public func answers(_ other: FlowKey) -> Bool {
        guard !transport.isICMP else { return other.inverse.withoutZone == withoutZone }
        let addresses =
            (source.high ^ other.destination.high) | (source.low ^ other.destination.low)
            | (destination.high ^ other.source.high) | (destination.low ^ other.source.low)
        let ports = (sourcePort ^ other.destinationPort) | (destinationPort ^ other.sourcePort)
        return addresses | UInt64(ports) == 0 && transport == other.transport && familyNumber == other.familyNumber
    }

    /// Whether this is the other tuple, or where `isBack` what answers it; zones aside, and of tuples with ports only, as ICMP's have types in
    /// their place.
    ///
    /// As ``equalsButForZone(_:)`` and ``answers(_:)`` tell, but without a branch on the way: a capture sees both ways in turn.
    @inlinable
    @inline(__always)
    public func matches(ported other: FlowKey, isBack: Bool) -> Bool {
        let (near, far) = isBack ? (other.destination, other.source) : (other.source, other.destination)
        let (nearPort, farPort) =
            isBack ? (other.destinationPort, other.sourcePort) : (other.sourcePort, other.destinationPort)
        let addresses =
            (source.high ^ near.high) | (source.low ^ near.low)
            | (destination.high ^ far.high) | (destination.low ^ far.low)
        let ports = (sourcePort ^ nearPort) | (destinationPort ^ farPort)
        let kinds = (transport.rawValue ^ other.transport.rawValue) | (familyNumber ^ other.familyNumber)
        return addresses | UInt64(ports) | UInt64(kinds) == 0
    }

    @inlinable
    static func answer(to type: UInt8, family: AddressFamily) -> UInt8 {
        switch (family, type) {
        case (.ipv4, 8): 0  // echo
        case (.ipv4, 0): 8
        case (.ipv4, 13): 14  // timestamp
        case (.ipv4, 14): 13
        case (.ipv4, 15): 16  // information
        case (.ipv4, 16): 15
        case (.ipv4, 17): 18  // address mask
        case (.ipv4, 18): 17
        case (.ipv6, 128): 129  // echo
        case (.ipv6, 129): 128
        case (.ipv6, 139): 140  // node information
        case (.ipv6, 140): 139
        default: type
        }
    }
}
