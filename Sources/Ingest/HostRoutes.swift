public import FlowModel
internal import Wire

/// Asks rtnetlink where packets would go, as `ip route get` does.
public enum HostRoutes {
    private static let operation = "ask for a route"

    /// Where packets go in the thread's network namespace; `nil` where the kernel has no route, or does not say. It needs no privilege.
    public static func answer(_ question: RouteQuestion) -> RouteQuestion.Answer? { try? ask(question) }

    private static func ask(_ question: RouteQuestion) throws(IngestError) -> RouteQuestion.Answer? {
        let socket = try NetlinkSocket.open(.route, stride: 8 << 10, count: 1, for: operation)
        try socket.send(NetlinkRequest.route(question, sequence: 1), for: operation)
        var set = PollSet(reading: [socket.number])
        for _ in 0..<10 {
            guard case .datagrams(let count) = try socket.receive(for: operation) else {
                guard set.wait(timeout: 1000) else { return nil }
                continue
            }
            for index in 0..<count {
                let answer: RouteQuestion.Answer?? = socket.withDatagram(index) { datagram in
                    guard let datagram else { return nil }
                    var messages = NetlinkMessages(datagram)
                    while let message = try? messages.next() {
                        if message.control == .error { return .some(nil) }
                        if let route = try? RouteMessage(message) { return .some(route.answer) }
                    }
                    return nil
                }
                if let answer { return answer }
            }
        }
        return nil
    }
}
