/// An IPv4 or IPv6 address as one 128-bit number.
///
/// An IPv4 address is held in its mapped form, `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2), so that one table serves both
/// families. Which family a packet had is said by ``FlowKey/family``: a hostile IPv6 packet may carry a mapped address.
public struct IPAddress: Hashable, Sendable {
    /// The upper 64 bits, in host order: byte 0 of the address is the most significant one.
    public var high: UInt64
    /// The lower 64 bits, in host order.
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address from its 32 bits in host order (192.0.2.1 is `0xC0000201`).
    @inlinable
    public init(ipv4 bits: UInt32) {
        high = 0
        low = 0xffff_0000_0000 | UInt64(bits)
    }

    /// The unspecified address of IPv6, `::`; what an absent address is initialised to.
    @inlinable
    public static var unspecified: IPAddress { IPAddress(high: 0, low: 0) }

    /// The 32 bits of an IPv4 address, in host order.
    @inlinable
    public var ipv4Bits: UInt32 { UInt32(truncatingIfNeeded: low) }

    /// Whether the address is in `::ffff:0:0/96`.
    @inlinable
    public var isIPv4Mapped: Bool { high == 0 && low >> 32 == 0xffff }

    /// Whether it is one that every link has (169.254.0.0/16, fe80::/10).
    public var isLinkLocal: Bool { isIPv4Mapped ? ipv4Bits >> 16 == 0xa9fe : high >> 54 == 0x3fa }

    /// Whether it stands for a group of hosts (224.0.0.0/4, ff00::/8).
    public var isMulticast: Bool { isIPv4Mapped ? ipv4Bits >> 28 == 0xe : high >> 56 == 0xff }

    /// Whether it stands for a group whose packets no router passes on (224.0.0.0/24, ff01::/16 and ff02::/16).
    public var isLinkMulticast: Bool {
        isIPv4Mapped ? ipv4Bits >> 8 == 0xe0_0000 : high >> 56 == 0xff && (1...2).contains(high >> 48 & 0xf)
    }
}

/// The network protocol family of a packet or tuple; the raw value is the kernel's `AF_INET` or `AF_INET6`.
public enum AddressFamily: UInt8, Sendable {
    case ipv4 = 2
    case ipv6 = 10
}
