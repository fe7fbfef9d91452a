internal import FlowModel
internal import Wire

/// Asks rtnetlink for the addresses of the host's interfaces.
struct HostAddresses {
    private static let operation = "list the host's addresses"

    private var addresses: Set<IPAddress> = []
    private var interfaces: Set<InterfaceIndex> = []
    private var parts: Set<InterfaceIndex> = []

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
        return LocalAddresses(found.addresses, of: found.interfaces.subtracting(found.parts))
    }

    /// - Returns: whether the kernel gave the whole list.
    private mutating func list(_ request: [UInt8]) throws(IngestError) -> Bool {
        let socket = try NetlinkSocket.open(.route, stride: 32 << 10, count: 4, for: Self.operation)
        try socket.send(request, for: Self.operation)
        var set = PollSet(reading: [socket.number])
        for _ in 0..<500 {
            guard case .datagrams(let count) = try socket.receive(for: Self.operation) else {
                guard set.wait(timeout: 1000) else { break }
                continue
            }
            for index in 0..<count {
                let isWhole: Bool? = socket.withDatagram(index) { datagram in
                    guard let datagram else { return nil }
                    var messages = NetlinkMessages(datagram)
                    while let message = try? messages.next() {
                        switch message.control {
                        case .done: return true
                        case .error: return false
                        default: note(message)
                        }
                    }
                    return nil
                }
                if let isWhole { return isWhole }
            }
        }
        return false
    }

    private mutating func note(_ message: borrowing NetlinkMessage) {
        if let address = try? AddressMessage(message) {
            addresses.insert(address.address)
            if let broadcast = address.broadcast { addresses.insert(broadcast) }
            if !address.isOfLink { interfaces.insert(address.interface) }
        } else if let link = try? LinkMessage(message), link.master != nil {
            parts.insert(link.index)
        }
    }
}
