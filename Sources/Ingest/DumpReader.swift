internal import FlowModel
internal import Wire

/// The conntrack source's dumps: their socket, and what is read of the one that runs.
///
/// A socket of their own, as an overrun of the events' one would kill a dump on it.
struct DumpReader: ~Copyable {
    /// Nanoseconds after which a dump that does not go on is given up.
    private static let patience: UInt64 = 10_000_000_000
    private static let operation = "dump the conntrack table"

    private let intake: Intake
    private let filter: DumpFilter
    private var socket: NetlinkSocket
    private var decoder: ObservationDecoder
    private var observations = ObservationBatch()
    private var lastProgress: UInt64 = 0
    /// What the dump that runs, or ran last, took of a processor: asking, and the kernel's search that goes on in each receive
    /// call, decoding, and the sink's work.
    private(set) var processorTime: UInt64 = 0
    /// When it began.
    private(set) var begunAt = ReceiveTime(wall: Timestamp(nanoseconds: 0), monotonic: 0)
    /// The place of the last datagram among the received, if the dump's end was in it.
    private var endPlace: Int?

    static func open(
        _ configuration: ConntrackSource.Configuration, _ intake: Intake
    ) throws(IngestError) -> DumpReader {
        DumpReader(configuration, intake, try openSocket())
    }

    private init(
        _ configuration: ConntrackSource.Configuration, _ intake: Intake, _ socket: consuming NetlinkSocket
    ) {
        self.intake = intake
        self.socket = socket
        filter = DumpFilter(configuration.filter, isOnly: configuration.pace.interval == 0)
        decoder = ObservationDecoder(names: intake.names, admitting: configuration.filter)
    }

    /// A dump's datagram has up to 32 KiB (netlink_dump, af_netlink.c).
    private static func openSocket() throws(IngestError) -> NetlinkSocket {
        try NetlinkSocket.open(.netfilter, stride: 64 << 10, count: 4, for: operation)
    }

    /// What to wait on.
    var number: Int32 { socket.number }

    /// Asks for a dump.
    mutating func begin(
        _ cause: DumpStart.Cause, sequence: UInt32, at time: ReceiveTime
    ) throws(IngestError) -> SinkAnswer {
        begunAt = time
        let before = ThreadClock.now
        defer { processorTime = ThreadClock.now &- before }
        let request = NetlinkRequest.conntrackDump(sequence: sequence, filter)
        let answer = intake.deliver([.dumpBegan(DumpStart(cause: cause))], at: time) { batch in
            batch.append(request.reader, .toKernel, .netfilter)
        }
        lastProgress = time.monotonic
        try socket.send(request, for: Self.operation)
        return answer
    }

    /// Reads a few datagrams and hands on their rows.
    ///
    /// - Returns: what the sink says, and the dump's end if that was among them, which ``conclude(_:at:)`` hands on;
    ///   `nil` where there was nothing to read.
    mutating func read() throws(IngestError) -> (answer: SinkAnswer, end: DumpEnd?)? {
        let before = ThreadClock.now
        defer { processorTime &+= ThreadClock.now &- before }
        guard case .datagrams(let count) = try socket.receive(for: Self.operation) else { return nil }
        let time = ReceiveTime.now
        lastProgress = time.monotonic
        observations.removeAll()
        for index in 0..<count {
            try socket.withDatagram(index) { datagram throws(IngestError) in
                guard let datagram else {
                    observations.append(.loss(Loss(lane: .conntrack, cause: .malformed, count: 1)))
                    return
                }
                try refuse(datagram)
                decoder.decode(datagram: datagram, of: .netfilter, to: &observations)
            }
        }
        let end = observations.popDumpEnd()
        endPlace = end == nil ? nil : count - 1
        let answer = intake.deliver(observations, at: time) { batch in
            for index in 0..<count {
                socket.withDatagram(index) { datagram in
                    guard let datagram else {
                        return batch.append(Loss(lane: .conntrack, cause: .malformed, count: 1))
                    }
                    let rows = datagram.rowsBeforeEnd
                    if rows.count > 0 { batch.append(rows, .fromKernel, .netfilter) }
                }
            }
        }
        return (answer, end)
    }

    /// Hands on the dump's end: the kernel's, or that it was given up.
    mutating func conclude(_ end: DumpEnd, at time: ReceiveTime) -> SinkAnswer {
        let before = ThreadClock.now
        defer {
            endPlace = nil
            processorTime &+= ThreadClock.now &- before
        }
        return intake.deliver([.dumpEnded(end)], at: time) { batch in
            guard let endPlace else { return batch.appendFailure() }
            socket.withDatagram(endPlace) { datagram in
                guard let datagram else { return }
                batch.append(datagram.slice(from: datagram.rowsBeforeEnd.count), .fromKernel, .netfilter)
            }
        }
    }

    /// It is nfmon that does not go on with the dump.
    mutating func pause(at now: UInt64) { lastProgress = now }

    /// Whether the kernel does not go on with the dump that runs.
    func isStuck(at now: UInt64) -> Bool { now &- lastProgress > Self.patience }

    /// After a dump that was given up: on the old socket its rest would be taken for the next one's.
    mutating func reopen() throws(IngestError) {
        socket = try Self.openSocket()
        decoder.forgetDump()
    }

    /// A refusal that no later try will change.
    private func refuse(_ datagram: ByteReader) throws(IngestError) {
        var messages = NetlinkMessages(datagram)
        guard let message = try? messages.next(), message.control == .error,
            let answer = try? NetlinkAnswer(error: message), answer.errorNumber != 0,
            !IngestError.isPassing(answer.errorNumber)
        else { return }
        throw IngestError(Self.operation, answer: answer)
    }
}

extension ByteReader {
    /// The messages in front of the one that ends the dump; all of them where there is none.
    fileprivate var rowsBeforeEnd: ByteReader {
        @_lifetime(copy self) get {
            var messages = NetlinkMessages(self)
            var length = 0
            while let message = try? messages.next() {
                if message.control == .done || message.control == .error { return slice(from: 0, to: length) }
                length += (message.whole.count + 3) & ~3
            }
            return self
        }
    }
}
