/// What a capture's records begin with: the link types that nfmon reads, by their numbers in savefiles (tcpdump.org/linktypes.html).
public enum LinkType: UInt32, Sendable, CaseIterable {
    /// The loopback of BSD: the address family in the writer's byte order, then the IP packet.
    case null = 0
    case ethernet = 1
    /// An IP packet with nothing in front, as OpenBSD and old libpcap number it.
    case rawBSD = 12
    /// An IP packet with nothing in front.
    case raw = 101
    /// The loopback of OpenBSD: the address family in network order.
    case loop = 108
    /// Linux cooked: what `tcpdump -i any` writes.
    case linuxCooked = 113
    case ipv4 = 228
    case ipv6 = 229
    /// An NFLOG packet: a small header and attributes in the machine's order.
    case nflog = 239
    /// Netlink messages behind a Linux cooked header.
    case netlink = 253
    /// The second version, which names the interface.
    case linuxCooked2 = 276

    /// Whether a record is a frame that passed an interface.
    public var isOfFrames: Bool { self != .nflog && self != .netlink }
}
