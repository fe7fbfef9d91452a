/// An Ethernet address of 48 bits, such as the sender's that NFLOG tells (`NFULA_HWADDR`).
///
/// Eight bytes, also where there is none: most of a session's packets tell the same one.
public struct HardwareAddress: Hashable, Sendable {
    /// The address in the lower 48 bits, and a mark above them that there is one: no two addresses have the same.
    public let bits: UInt64

    @inlinable
    init(bits: UInt64) { self.bits = bits }

    /// No address: the packet has none at its hook, or one that is not Ethernet's.
    @inlinable public static var none: HardwareAddress { HardwareAddress(bits: 0) }

    @inlinable public var isNone: Bool { bits == 0 }

    /// The address of six bytes; ``none`` of any other number.
    public init(_ bytes: Span<UInt8>) {
        guard bytes.count == 6 else {
            self = .none
            return
        }
        var bits: UInt64 = 1
        for index in bytes.indices { bits = bits << 8 | UInt64(bytes[index]) }
        self.init(bits: bits)
    }

    /// One of the six bytes, the first at 0.
    ///
    /// - Precondition: `index` is below 6.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < 6, "an Ethernet address has six bytes")
        return UInt8(truncatingIfNeeded: bits >> UInt64(8 * (5 - index)))
    }
}
