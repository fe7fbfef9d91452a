internal import FlowModel
internal import Wire

/// Asks rtnetlink what the host's interfaces are made of.
struct HostInterfaces {
    private static let operation = "list the host's interfaces"

    /// How they are made of each other.
    private(set) var stack = InterfaceStack()
    /// Those whose packets another one may carry, of which the kernel does not tell (PPPoE).
    private(set) var carried: Set<InterfaceIndex> = []

    /// Those of the thread's network namespace; `nil` where the kernel does not give the whole list. It needs no privilege.
    static var current: HostInterfaces? {
        var found = HostInterfaces()
        let isWhole = try? NetlinkSocket.list(
            .route, NetlinkRequest.linkDump(sequence: 1), for: Self.operation
        ) { found.note($0) }
        return isWhole == true ? found : nil
    }

    private mutating func note(_ message: borrowing NetlinkMessage) {
        guard let link = try? LinkMessage(message) else { return }
        if link.isCarried { carried.insert(link.index) }
        stack.add(link.link, link.index)
    }
}
