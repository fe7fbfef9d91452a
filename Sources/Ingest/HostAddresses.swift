internal import FlowModel
internal import Wire

/// Asks rtnetlink for the addresses of the host's interfaces.
enum HostAddresses {
    private static let operation = "list the host's addresses"

    /// Those of the thread's network namespace; `nil` where the kernel does not give the whole list. It needs no privilege.
    static var current: LocalAddresses? {
        var found: Set<IPAddress> = []
        return (try? list(into: &found)) == true ? LocalAddresses(found) : nil
    }

    /// - Returns: whether the kernel gave the whole list.
    private static func list(into found: inout Set<IPAddress>) throws(IngestError) -> Bool {
        let socket = try NetlinkSocket.open(.route, stride: 32 << 10, count: 4, for: operation)
        try socket.send(NetlinkRequest.addressDump(sequence: 1), for: operation)
        var set = PollSet(reading: [socket.number])
        for _ in 0..<500 {
            guard case .datagrams(let count) = try socket.receive(for: operation) else {
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
                        default:
                            guard let address = try? AddressMessage(message) else { continue }
                            found.insert(address.address)
                            if let broadcast = address.broadcast { found.insert(broadcast) }
                        }
                    }
                    return nil
                }
                if let isWhole { return isWhole }
            }
        }
        return false
    }
}
