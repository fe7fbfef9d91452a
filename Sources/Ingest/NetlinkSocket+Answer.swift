internal import FlowModel
internal import Wire

extension NetlinkSocket {
    /// Waits for the answer to a request, at most five seconds: the kernel answers within the call that sends it.
    ///
    /// - Returns: the refusal, `nil` for an acknowledgement.
    func answer(to sequence: UInt32, for operation: String) throws(IngestError) -> NetlinkAnswer? {
        var set = PollSet(reading: [number])
        for _ in 0..<50 {
            guard case .datagrams(let count) = try receive(for: operation) else {
                _ = set.wait(timeout: 100)
                continue
            }
            for index in 0..<count {
                let found: NetlinkAnswer? = withDatagram(index) { datagram in
                    guard let datagram else { return nil }
                    var messages = NetlinkMessages(datagram)
                    while let message = try? messages.next() {
                        if message.control == .error, message.sequence == sequence {
                            return try? NetlinkAnswer(error: message)
                        }
                    }
                    return nil
                }
                if let found { return found.errorNumber == 0 ? nil : found }
            }
        }
        throw IngestError(.inputOutput, operation, reason: "the kernel did not answer")
    }
}
