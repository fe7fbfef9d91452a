internal import FlowModel
internal import Wire

extension Intake {
    /// How many observations are handed on together at most, unless one datagram has more: so many stay near, while eight
    /// datagrams of 512 packets are more than the second cache holds.
    private static var batchSize: Int { 512 }

    /// Decodes the datagrams of a socket's last receive call and hands them on, in as many batches as suits their size.
    ///
    /// - Parameters:
    ///   - lane: whose loss a datagram is that was longer than its buffer: one of conntrack's events has one message, and one of NFLOG's many
    ///     packets, of which the next one tells how many.
    ///   - observations: memory that is used again.
    func deliver(
        _ count: Int, from socket: borrowing NetlinkSocket, of lane: Lane, with decoder: inout ObservationDecoder,
        reusing observations: inout ObservationBatch
    ) -> SinkAnswer {
        let time = ReceiveTime.now
        var answer = SinkAnswer()
        var first = 0
        observations.removeAll()
        for index in 0..<count {
            socket.withDatagram(index) { datagram in
                guard let datagram else {
                    if lane == .nflog { return decoder.noteCut() }
                    return observations.append(.loss(Loss(lane: lane, cause: .malformed, count: 1)))
                }
                decoder.decode(datagram: datagram, of: .netfilter, to: &observations)
            }
            guard index == count - 1 || observations.count >= Self.batchSize else { continue }
            answer = deliver(observations, at: time) { batch in
                for place in first...index {
                    socket.withDatagram(place) { datagram in
                        if let datagram {
                            batch.append(datagram, .fromKernel, .netfilter)
                        } else if lane != .nflog {
                            batch.append(Loss(lane: lane, cause: .malformed, count: 1))
                        }
                    }
                }
            }
            first = index + 1
            observations.removeAll()
        }
        return answer
    }
}
