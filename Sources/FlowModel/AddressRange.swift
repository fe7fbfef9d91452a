/// The addresses of one family from one to another.
public struct AddressRange: Sendable, Hashable {
    public var first: IPAddress
    public var last: IPAddress
    public var family: AddressFamily

    public init(_ first: IPAddress, _ last: IPAddress, family: AddressFamily) {
        self.first = first
        self.last = last
        self.family = family
    }

    public init(_ prefix: IPPrefix) {
        first = prefix.address
        last = IPAddress(
            high: prefix.address.high | ~prefix.maskHigh, low: prefix.address.low | ~prefix.maskLow)
        family = prefix.family
    }

    /// Whether the address, which is of this family, lies in the range.
    public func contains(_ address: IPAddress, family: AddressFamily) -> Bool {
        family == self.family && (first.high, first.low) <= (address.high, address.low)
            && (address.high, address.low) <= (last.high, last.low)
    }
}
