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

    /// The next host on the way of packets, where it has not answered who asks for its address on the link; `nil` where it has, where nobody
    /// has asked it (Linux before 5.0 does not say), or where the kernel has no route.
    public func silentNeighbour(_ question: RouteQuestion) -> IPAddress? {
        asker.withLock { $0.silentNeighbour(question) }
    }

    private struct Asker: ~Copyable {
        let socket: NetlinkSocket
        private var sequence: UInt32 = 0

        init(socket: consuming NetlinkSocket) { self.socket = socket }

        mutating func answer(_ question: RouteQuestion) -> RouteQuestion.Answer? {
            ask({ NetlinkRequest.route(question, sequence: $0) }) { message in
                if message.control == .error { return .some(RouteMessage.isRefusal(message) ? .nowhere : nil) }
                return (try? RouteMessage(message)).map(\.answer)
            }
        }

        mutating func silentNeighbour(_ question: RouteQuestion) -> IPAddress? {
            let route: RouteMessage? = ask({ NetlinkRequest.route(question, sequence: $0) }) { message in
                message.control == .error ? .some(nil) : (try? RouteMessage(message)).map { $0 }
            }
            guard let route, !route.hasOtherGateway, case .interface(let interface) = route.answer else { return nil }
            let (host, family) = (route.gateway ?? question.tuple.destination, question.tuple.family)
            let isSilent: Bool? = ask(
                { NetlinkRequest.neighbour(host, family, on: interface, sequence: $0) }
            ) { message in
                message.control == .error ? .some(nil) : (try? NeighbourMessage(message)).map(\.isSilent)
            }
            return isSilent == true ? host : nil
        }

        /// Asks, and hands each message of the answer on until one of them says what was asked.
        private mutating func ask<Answer>(
            _ request: (UInt32) -> [UInt8], _ read: (borrowing NetlinkMessage) -> Answer??
        ) -> Answer? {
            sequence &+= 1
            do throws(IngestError) {
                try socket.send(request(sequence), for: HostRoutes.operation)
                return try answer(read)
            } catch {
                return nil
            }
        }

        /// The answer to the last question; the kernel gives it at once.
        private func answer<Answer>(_ read: (borrowing NetlinkMessage) -> Answer??) throws(IngestError) -> Answer? {
            var set = PollSet(reading: [socket.number])
            for _ in 0..<10 {
                guard case .datagrams(let count) = try socket.receive(for: HostRoutes.operation) else {
                    guard set.wait(timeout: 1000) else { return nil }
                    continue
                }
                for index in 0..<count {
                    let answer: Answer?? = socket.withDatagram(index) { datagram in
                        guard let datagram else { return nil }
                        var messages = NetlinkMessages(datagram)
                        while let message = try? messages.next() {
                            guard message.sequence == sequence else { continue }
                            if let answer = read(message) { return .some(answer) }
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
