internal import FlowModel
internal import Wire

/// Asks rtnetlink for the addresses of the host's interfaces.
struct HostAddresses {
    private static let operation = "list the host's addresses"

    private var addresses: Set<IPAddress> = []
    private var broadcasts: Set<IPAddress> = []
    private var interfaces: Set<InterfaceIndex> = []

    /// Those of the thread's network namespace; `nil` where the kernel does not give the whole list. It needs no privilege.
    static var current: LocalAddresses? {
        var found = HostAddresses()
        let isWhole = try? NetlinkSocket.list(
            .route, NetlinkRequest.addressDump(sequence: 1), for: Self.operation
        ) { found.note($0) }
        guard isWhole == true, let links = HostInterfaces.current else { return nil }
        return LocalAddresses(
            found.addresses, broadcasts: found.broadcasts, of: found.interfaces, carried: links.carried,
            groups: SmallFile.text(of: "/proc/thread-self/net/igmp6").map { GroupList($0).groups },
            stack: links.stack)
    }

    private mutating func note(_ message: borrowing NetlinkMessage) {
        guard let address = try? AddressMessage(message) else { return }
        addresses.insert(address.address)
        broadcasts.formUnion(address.broadcasts)
        if !address.isOfLink { interfaces.insert(address.interface) }
    }
}
