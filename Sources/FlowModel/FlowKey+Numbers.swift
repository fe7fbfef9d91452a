// What tuples of protocols without ports have in their place.

extension FlowKey {
    /// What an ICMP tuple says; `nil` for other protocols, and where the packet was a later fragment or cut, which leaves
    /// nothing but zeros.
    public var icmp: ICMPMessage? {
        guard transport.isICMP, sourcePort | destinationPort != 0 else { return nil }
        let hasIdentifier = ICMPMessage.hasIdentifier(type: icmpType, family: family)
        return ICMPMessage(
            type: icmpType, code: icmpCode, identifier: hasIdentifier ? icmpIdentifier : nil, family: family)
    }

    /// The GRE key (PPTP's call number) of the packets that the destination sends, `nil` where it is unknown.
    ///
    /// The kernel's tuple has a key for version 1 alone and 0 for everything else (`nf_conntrack_proto_gre.c`); of this one
    /// it knows only through its PPTP helper.
    public var sourceGREKey: UInt16? { transport == .gre && sourcePort != 0 ? sourcePort : nil }

    /// The GRE key (PPTP's call number) that this direction's packets carry, `nil` where they have none.
    public var destinationGREKey: UInt16? { transport == .gre && destinationPort != 0 ? destinationPort : nil }

    /// Whether the tuple has ports. The kernel tells none of DCCP where it no longer tracks it (as measured on Linux 6.18).
    public var hasPorts: Bool { transport.hasPorts && (transport != .dccp || sourcePort | destinationPort != 0) }
}
