/// The addresses of one family that begin with the same bits.
public struct IPPrefix: Hashable, Sendable {
    /// The first address of the prefix.
    public let address: IPAddress
    public let family: AddressFamily
    /// How many bits of the family's 32 or 128 are given.
    public let length: Int
    /// The bits that are given.
    public let maskHigh: UInt64
    public let maskLow: UInt64

    /// - Parameters:
    ///   - address: any address of the prefix; the bits behind it are taken out.
    ///   - length: 0 to 32 or 128; `nil` is the one address.
    public init?(_ address: IPAddress, family: AddressFamily, length: Int? = nil) {
        let width = family == .ipv4 ? 32 : 128
        let length = length ?? width
        guard (0...width).contains(length) else { return nil }
        // An IPv4 address lies in the last 32 bits, behind the 96 of its mapped form.
        let bits = length + 128 - width
        maskHigh = bits >= 64 ? .max : ~(.max >> UInt64(bits))
        maskLow = bits <= 64 ? 0 : ~(.max >> UInt64(bits - 64))
        self.address = IPAddress(high: address.high & maskHigh, low: address.low & maskLow)
        self.family = family
        self.length = length
    }

    /// Whether the address, which is of this family, is in the prefix.
    @inlinable
    public func contains(_ other: IPAddress, family: AddressFamily) -> Bool {
        let difference = (other.high & maskHigh ^ address.high) | (other.low & maskLow ^ address.low)
        return difference == 0 && family == self.family
    }
}
