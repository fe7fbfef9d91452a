public import FlowModel
internal import Wire

/// The interfaces' names: all of them at the start, then every one that comes, goes or is renamed (rtnetlink).
public final class LinkSource: Source {
    public let warnings: [String] = []
    public let turns = TurnCounter()
    private let stopSignal: Signal
    private let thread: Thread

    /// Reads the interfaces that there are, so that the first session already has its names, and goes on reading.
    public init(into intake: Intake, failure: SourceFailure) throws(IngestError) {
        let stopSignal = try Signal()
        var reader = try LinkReader.open(intake, stopSignal)
        try reader.readAll()
        self.stopSignal = stopSignal
        let shared = Lock(reader)
        let turns = turns
        thread = try Thread(name: "nf-links") {
            // Held for the thread's life: nobody else reads.
            shared.withLock { reader in
                do throws(IngestError) { try reader.run(turns: turns) } catch { failure.report(error) }
            }
        }
    }

    public func stop(asOutage: Bool) {
        stopSignal.raise()
        thread.join()
    }
}

/// The link source's thread and its socket.
private struct LinkReader: ~Copyable {
    /// Milliseconds after which it comes round though nothing has come.
    private static let tick: Int32 = 1000
    private static let operation = "read the network interfaces"

    private let intake: Intake
    private let stopSignal: Signal
    private let socket: NetlinkSocket
    private var decoder: ObservationDecoder
    private var isDumping = false

    static func open(_ intake: Intake, _ stopSignal: Signal) throws(IngestError) -> LinkReader {
        let socket = try NetlinkSocket.open(.route, stride: 64 << 10, count: 4, for: operation)
        try socket.join(group: 1, for: operation)  // RTNLGRP_LINK
        return LinkReader(
            intake: intake, stopSignal: stopSignal, socket: socket, decoder: ObservationDecoder(names: intake.names))
    }

    private init(
        intake: Intake, stopSignal: Signal, socket: consuming NetlinkSocket, decoder: ObservationDecoder
    ) {
        self.intake = intake
        self.stopSignal = stopSignal
        self.socket = socket
        self.decoder = decoder
    }

    /// Asks for all interfaces and reads to the answer's end, for at most five seconds.
    mutating func readAll() throws(IngestError) {
        try socket.send(NetlinkRequest.linkDump(sequence: 1), for: Self.operation)
        isDumping = true
        var set = PollSet(reading: [socket.number])
        for _ in 0..<50 where isDumping {
            _ = set.wait(timeout: 100)
            try drain()
        }
    }

    mutating func run(turns: TurnCounter) throws(IngestError) {
        var set = PollSet(reading: [stopSignal.number, socket.number])
        while true {
            turns.add()
            _ = set.wait(timeout: Self.tick)
            if set.isReady(stopSignal.number) { return }
            try drain()
        }
    }

    private mutating func drain() throws(IngestError) {
        while true {
            switch try socket.receive(for: Self.operation) {
            case .nothing: return
            case .datagrams(let count): deliver(count)
            // What was lost is asked for again.
            case .overrun: try socket.send(NetlinkRequest.linkDump(sequence: 2), for: Self.operation)
            }
        }
    }

    private mutating func deliver(_ count: Int) {
        var observations = ObservationBatch()
        for index in 0..<count {
            socket.withDatagram(index) { datagram in
                guard let datagram else { return }
                decoder.decode(datagram: datagram, of: .route, to: &observations)
                var messages = NetlinkMessages(datagram)
                while let message = try? messages.next() {
                    if message.control == .done { isDumping = false }
                }
            }
        }
        _ = intake.deliver(observations, at: .now) { batch in
            for index in 0..<count {
                socket.withDatagram(index) { datagram in
                    if let datagram { batch.append(datagram, .fromKernel, .route) }
                }
            }
        }
    }
}
