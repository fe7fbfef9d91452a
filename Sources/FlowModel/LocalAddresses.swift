/// The addresses that are the host's own: packets for them end here, and those that it sends begin with them.
public struct LocalAddresses: Sendable, Equatable {
    private var addresses: Set<IPAddress>
    private var broadcasts: Set<IPAddress>
    private var interfaces: Set<InterfaceIndex>
    private var carried: Set<InterfaceIndex>
    private var groups: [InterfaceIndex: Set<IPAddress>]?
    private var stack: InterfaceStack

    /// - Parameters:
    ///   - addresses: of the host's interfaces.
    ///   - broadcasts: those to which all hosts of their networks are called.
    ///   - interfaces: those that have addresses of more than their link.
    ///   - carried: those whose packets another interface may carry, and show, too (PPPoE).
    ///   - groups: of IPv6 that each interface listens to; `nil` where they are not known.
    ///   - stack: how all interfaces are made of each other.
    public init(
        _ addresses: Set<IPAddress>, broadcasts: Set<IPAddress> = [], of interfaces: Set<InterfaceIndex>,
        carried: Set<InterfaceIndex> = [], groups: [InterfaceIndex: Set<IPAddress>]? = nil,
        stack: InterfaceStack = InterfaceStack()
    ) {
        self.stack = stack
        self.carried = carried
        self.groups = groups
        self.addresses = addresses
        self.broadcasts = broadcasts
        self.interfaces = interfaces
    }

    /// Whether an interface is one of those that have addresses and are no part of another, so that packets which it shows come in or leave
    /// by it.
    public func belong(to interface: InterfaceIndex) -> Bool {
        interfaces.contains(interface) && !stack.isPart(interface)
    }

    /// Whether all that comes in by an interface comes in by it to the host, and nothing by another on top of it (macvlan).
    public func isAlone(_ interface: InterfaceIndex) -> Bool { belong(to: interface) && !stack.isShared(interface) }

    /// The bridge of which an interface is a port.
    public func bridge(of port: InterfaceIndex) -> InterfaceIndex? { stack.bridge(of: port) }

    /// Whether a bridge hands what it forwards to the firewall, whatever the namespace's setting says.
    public func callsFirewall(_ bridge: InterfaceIndex, _ family: AddressFamily) -> Bool {
        stack.callsFirewall(bridge, family)
    }

    /// Those of some interfaces that show no packet which another of them shows on its way in: each has addresses of its own, and none is
    /// made of another.
    public func separate(_ interfaces: Set<InterfaceIndex>) -> Set<InterfaceIndex> {
        stack.separate(interfaces).filter(belong).subtracting(carried)
    }

    /// Whether what comes in by an interface for a group is for the host; `nil` where nobody knows, as of IPv4's, of which a route tells.
    public func listens(to group: IPAddress, on interface: InterfaceIndex) -> Bool? {
        group.isIPv4Mapped ? nil : groups.map { $0[interface]?.contains(group) ?? false }
    }

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
