/// The addresses that are the host's own: packets for them end here, and those that it sends begin with them.
public struct LocalAddresses: Sendable, Equatable {
    private var addresses: Set<IPAddress>
    private var interfaces: Set<InterfaceIndex>

    /// - Parameters:
    ///   - addresses: of the host's interfaces, with those to which all are called.
    ///   - interfaces: those that have addresses of more than their link, and are no part of another interface.
    public init(_ addresses: Set<IPAddress>, of interfaces: Set<InterfaceIndex>) {
        self.addresses = addresses
        self.interfaces = interfaces
    }

    /// Whether an interface is one of those that have addresses, so that packets which it shows come in or leave by it.
    public func belong(to interface: InterfaceIndex) -> Bool { interfaces.contains(interface) }

    public func contains(_ address: IPAddress) -> Bool {
        // All of 127.0.0.0/8 is (`fib_add_ifaddr`).
        addresses.contains(address) || address.isIPv4Mapped && address.ipv4Bits >> 24 == 127
    }

    /// Whether packets for the address end here; `nil` where they may, as of one that many listen to.
    ///
    /// What is for all on a link, 255.255.255.255, is for the host, too, and nobody passes it on.
    public func isDestination(_ address: IPAddress) -> Bool? {
        if contains(address) || address.isIPv4Mapped && address.ipv4Bits == .max { return true }
        return address.isMulticast ? nil : false
    }
}
