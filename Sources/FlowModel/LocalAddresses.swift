/// The addresses that are the host's own: packets for them end here, and those that it sends begin with them.
public struct LocalAddresses: Sendable, Equatable {
    private var addresses: Set<IPAddress>

    /// - Parameter addresses: of the host's interfaces, with those to which they are all called.
    public init(_ addresses: Set<IPAddress>) { self.addresses = addresses }

    public func contains(_ address: IPAddress) -> Bool {
        // All of 127.0.0.0/8 is (`fib_add_ifaddr`).
        addresses.contains(address) || address.isIPv4Mapped && address.ipv4Bits >> 24 == 127
    }

    /// Whether packets for the address end here; `nil` where they may, as of one that many listen to.
    public func isDestination(_ address: IPAddress) -> Bool? {
        if contains(address) { return true }
        let isForMany =
            address.isIPv4Mapped
            ? address.ipv4Bits >> 28 == 0xe || address.ipv4Bits == .max : address.high >> 56 == 0xff
        return isForMany ? nil : false
    }
}
