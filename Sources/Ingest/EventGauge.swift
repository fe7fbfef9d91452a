internal import FlowModel
internal import Wire

/// Measures what conntrack's events ask of a receive buffer: it listens as nfmon would, and reads only once a second.
///
/// The kernel keeps counters of packets and drops, but none of events. Listening changes nothing for others: an overrun here
/// holds nobody up, and sessions that begin meanwhile only get their events recorded (`nf_conntrack_events=2`).
struct EventGauge: ~Copyable {
    private static let operation = "listen to conntrack events"
    private static let second: UInt64 = 1_000_000_000

    private let socket: NetlinkSocket
    private(set) var load = EventLoad()
    private var turn: UInt64

    /// Begins to listen.
    static func open(buffer: Int, _ place: SettingPlace) throws(IngestError) -> EventGauge {
        // Nobody reads what they say, so a few bytes of each will do.
        let socket = try NetlinkSocket.open(.netfilter, stride: 64, count: 64, for: operation)
        let size = socket.setReceiveBuffer(byteCount: buffer)
        socket.ignoreOverrunErrors()
        for group: Int32 in 1...3 { try socket.join(group: group, for: operation) }
        var load = EventLoad()
        (load.wantedBuffer, load.buffer, load.limitPlace) = (buffer, size, place)
        return EventGauge(socket: socket, load: load)
    }

    private init(socket: consuming NetlinkSocket, load: EventLoad) {
        self.socket = socket
        self.load = load
        turn = ReceiveTime.now.monotonic
    }

    /// Listens until a moment of the monotonic clock, or until the stop signal.
    mutating func listen(until end: UInt64, unless stop: Signal) throws(IngestError) {
        while !stop.isRaised {
            let now = ReceiveTime.now.monotonic
            if now >= min(turn &+ Self.second, end) {
                try read()
                turn = now
                if now >= end { return }
            }
            let next = min(turn &+ Self.second, end)
            Signal.wait(for: [stop], timeout: next > now ? next - now : 0)
        }
        try read()
    }

    private mutating func read() throws(IngestError) {
        load.busiestSecond = max(load.busiestSecond, socket.waitingByteCount ?? 0)
        load.dropCount = Int(socket.dropCount ?? 0)
        var batches = 0
        while case .datagrams(let count) = try socket.receive(for: Self.operation), batches < 100_000 {
            load.eventCount += count
            batches += 1
        }
    }
}
