/// The addresses that are the host's own: packets for them end here, and those that it sends begin with them.
public struct LocalAddresses: Sendable, Equatable {
    private var addresses: Set<IPAddress>
    private var broadcasts: Set<IPAddress>
    private var interfaces: Set<InterfaceIndex>

    /// - Parameters:
    ///   - addresses: of the host's interfaces.
    ///   - broadcasts: those to which all hosts of their networks are called.
    ///   - interfaces: those that have addresses of more than their link, and are no part of another interface.
    public init(
        _ addresses: Set<IPAddress>, broadcasts: Set<IPAddress> = [], of interfaces: Set<InterfaceIndex>
    ) {
        self.addresses = addresses
        self.broadcasts = broadcasts
        self.interfaces = interfaces
    }

    /// Whether an interface is one of those that have addresses, so that packets which it shows come in or leave by it.
    public func belong(to interface: InterfaceIndex) -> Bool { interfaces.contains(interface) }

    public func contains(_ address: IPAddress) -> Bool { kind(of: address) == .local }

    public func kind(of address: IPAddress) -> AddressKind {
        // All of 127.0.0.0/8 is the host's own (`fib_add_ifaddr`).
        if addresses.contains(address) || address.isIPv4Mapped && address.ipv4Bits >> 24 == 127 { return .local }
        if broadcasts.contains(address) || address.isIPv4Mapped && address.ipv4Bits == .max { return .broadcast }
        return address.isMulticast ? .multicast : .foreign
    }

    /// Whether packets for the address end here; `nil` where they may, as of one that many listen to.
    public func isDestination(_ address: IPAddress) -> Bool? {
        switch kind(of: address) {
        case .local, .broadcast: true
        case .multicast: nil
        case .foreign: false
        }
    }
}
