internal import Wire

extension NetlinkSocket {
    /// Asks the kernel for a list on a socket of its own.
    ///
    /// - Parameter body: is called with each message but those of netlink itself.
    /// - Returns: whether the kernel gave the whole list.
    static func list(
        _ family: Family, _ request: [UInt8], for operation: String, _ body: (borrowing NetlinkMessage) -> Void
    ) throws(IngestError) -> Bool {
        enum End { case done, refused }
        let socket = try open(family, stride: 32 << 10, count: 4, for: operation)
        try socket.send(request, for: operation)
        var set = PollSet(reading: [socket.number])
        var isWhole = true
        for _ in 0..<500 {
            guard case .datagrams(let count) = try socket.receive(for: operation) else {
                guard set.wait(timeout: 1000) else { return false }
                continue
            }
            for index in 0..<count {
                let end: End? = socket.withDatagram(index) { datagram in
                    guard let datagram else { return nil }
                    var messages = NetlinkMessages(datagram)
                    while let message = try? messages.next() {
                        if message.isInterrupted { isWhole = false }
                        switch message.control {
                        case .done: return .done
                        case .error: return .refused
                        case nil: body(message)
                        default: break
                        }
                    }
                    return nil
                }
                if let end { return end == .done && isWhole }
            }
        }
        return false
    }
}
