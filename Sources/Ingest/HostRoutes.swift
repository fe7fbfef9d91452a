public import FlowModel
internal import Wire

/// Asks rtnetlink where packets would go, as `ip route get` does.
public final class HostRoutes: Sendable {
    private static let operation = "ask for a route"

    private let asker: Lock<Asker>

    /// Of the thread's network namespace. It needs no privilege.
    public init() throws(IngestError) {
        asker = Lock(Asker(socket: try NetlinkSocket.open(.route, stride: 8 << 10, count: 1, for: Self.operation)))
    }

    /// Where packets go; `nil` where the kernel has no route, or does not say.
    public func answer(_ question: RouteQuestion) -> RouteQuestion.Answer? {
        asker.withLock { $0.answer(question) }
    }

    private struct Asker: ~Copyable {
        let socket: NetlinkSocket
        private var sequence: UInt32 = 0

        init(socket: consuming NetlinkSocket) { self.socket = socket }

        mutating func answer(_ question: RouteQuestion) -> RouteQuestion.Answer? {
            sequence &+= 1
            do throws(IngestError) {
                try socket.send(
                    NetlinkRequest.route(question, sequence: sequence), for: HostRoutes.operation)
                return try read()
            } catch {
                return nil
            }
        }

        /// The answer to the last question; the kernel gives it at once.
        private func read() throws(IngestError) -> RouteQuestion.Answer? {
            var set = PollSet(reading: [socket.number])
            for _ in 0..<10 {
                guard case .datagrams(let count) = try socket.receive(for: HostRoutes.operation) else {
                    guard set.wait(timeout: 1000) else { return nil }
                    continue
                }
                for index in 0..<count {
                    let answer: RouteQuestion.Answer?? = socket.withDatagram(index) { datagram in
                        guard let datagram else { return nil }
                        var messages = NetlinkMessages(datagram)
                        while let message = try? messages.next() {
                            guard message.sequence == sequence else { continue }
                            if message.control == .error {
                                return .some(RouteMessage.isRefusal(message) ? .nowhere : nil)
                            }
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
}
