internal import FlowModel
internal import Wire

/// Asks rtnetlink for the addresses of the host's interfaces.
struct HostAddresses {
    private static let operation = "list the host's addresses"

    private var addresses: Set<IPAddress> = []
    private var broadcasts: Set<IPAddress> = []
    private var interfaces: Set<InterfaceIndex> = []
    private var parts: Set<InterfaceIndex> = []
    private var carried: Set<InterfaceIndex> = []
    private var lowers: [InterfaceIndex: InterfaceIndex] = [:]
    private var stack = InterfaceStack()

    /// Those of the thread's network namespace; `nil` where the kernel does not give the whole list. It needs no privilege.
    static var current: LocalAddresses? {
        var found = HostAddresses()
        do throws(IngestError) {
            guard try found.list(NetlinkRequest.addressDump(sequence: 1)),
                try found.list(NetlinkRequest.linkDump(sequence: 1))
            else { return nil }
        } catch {
            return nil
        }
        return LocalAddresses(
            found.addresses, broadcasts: found.broadcasts, of: found.interfaces.subtracting(found.parts),
            carried: found.carried, over: found.lowers,
            groups: SmallFile.text(of: "/proc/thread-self/net/igmp6").map { GroupList($0).groups },
            stack: found.stack)
    }

    /// How the interfaces of the thread's network namespace are made of each other; `nil` where the kernel does not give the whole list.
    static var currentStack: InterfaceStack? {
        var found = HostAddresses()
        let isWhole = try? found.list(NetlinkRequest.linkDump(sequence: 1))
        return isWhole == true ? found.stack : nil
    }

    /// - Returns: whether the kernel gave the whole list.
    private mutating func list(_ request: [UInt8]) throws(IngestError) -> Bool {
        try NetlinkSocket.list(.route, request, for: Self.operation) { note($0) }
    }

    private mutating func note(_ message: borrowing NetlinkMessage) {
        if let address = try? AddressMessage(message) {
            addresses.insert(address.address)
            broadcasts.formUnion(address.broadcasts)
            if !address.isOfLink { interfaces.insert(address.interface) }
        } else if let link = try? LinkMessage(message) {
            if link.isCarried { carried.insert(link.index) }
            if link.master != nil { parts.insert(link.index) }
            lowers[link.index] = link.lower
            stack.add(link.link, link.index)
        }
    }
}
