internal import FlowModel
internal import Wire

extension Intake {
    /// Decodes the datagrams of a socket's last receive call and hands them on as one batch.
    ///
    /// - Parameters:
    ///   - lane: to whom a datagram that was longer than its buffer is counted as malformed.
    ///   - observations: memory that is used again.
    func deliver(
        _ count: Int, from socket: borrowing NetlinkSocket, of lane: Lane, with decoder: inout ObservationDecoder,
        reusing observations: inout ObservationBatch
    ) -> SinkAnswer {
        let time = ReceiveTime.now
        observations.removeAll()
        for index in 0..<count {
            socket.withDatagram(index) { datagram in
                guard let datagram else {
                    observations.append(.loss(Loss(lane: lane, cause: .malformed, count: 1)))
                    return
                }
                decoder.decode(datagram: datagram, of: .netfilter, to: &observations)
            }
        }
        return deliver(observations, at: time) { batch in
            for index in 0..<count {
                socket.withDatagram(index) { datagram in
                    if let datagram { batch.append(datagram, .fromKernel, .netfilter) }
                }
            }
        }
    }
}
