internal import FlowModel
internal import Glibc
internal import Wire

/// The NFLOG source's thread and its socket.
struct NFLogReader: ~Copyable {
    /// Milliseconds without a packet after which the sink is told that time passes.
    private static let tick: Int32 = 100
    /// Ticks without a packet after which the one that would tell how many were lost is not waited for any more.
    private static let patience = 20

    let warnings: [String]
    private let groups: [UInt16]
    private let intake: Intake
    private let stopSignal: Signal
    private let socket: NetlinkSocket
    private var decoder: ObservationDecoder
    private var observations = ObservationBatch()
    /// The socket's drop count and the decoder's gaps at the last look.
    private var lastDrops: UInt32 = 0
    private var lastGaps: UInt64 = 0
    private var hasDropsWithoutGap = false
    private var quietTicks = 0
    private var buffer: BufferGrowth

    static func open(
        _ configuration: NFLogSource.Configuration, _ intake: Intake, _ stopSignal: Signal
    ) throws(IngestError) -> NFLogReader {
        let socket = try NetlinkSocket.open(
            .netfilter, stride: LogRequests.greatestDatagram, count: 8, for: "open an NFLOG socket")
        var warnings: [String] = []
        let size = socket.setReceiveBuffer(byteCount: configuration.receiveBuffer)
        if size < configuration.receiveBuffer {
            warnings.append(
                """
                the NFLOG receive buffer has \(size / 1024) KiB instead of \(configuration.receiveBuffer / 1024): packets \
                that come while nfmon is busy will be lost (and counted): raise net.core.rmem_max, or grant CAP_NET_ADMIN
                """)
        }
        socket.ignoreOverrunErrors()
        var requests = LogRequests(socket: socket)
        for group in configuration.groups { try requests.take(group, configuration) }
        return NFLogReader(
            groups: configuration.groups, intake: intake, stopSignal: stopSignal, socket: requests.finish(),
            warnings: warnings, buffer: BufferGrowth(from: size, to: configuration.greatestBuffer))
    }

    private init(
        groups: [UInt16], intake: Intake, stopSignal: Signal, socket: consuming NetlinkSocket, warnings: [String],
        buffer: BufferGrowth
    ) {
        self.groups = groups
        self.buffer = buffer
        self.warnings = warnings
        self.intake = intake
        self.stopSignal = stopSignal
        self.socket = socket
        decoder = ObservationDecoder(names: intake.names)
    }

    /// Reads until the stop signal, and what the kernel has gathered until then.
    ///
    /// - Parameter turns: counts how often it comes round.
    /// - Returns: whether nothing was left that nobody has read.
    mutating func run(turns: TurnCounter) throws(IngestError) -> Bool {
        var set = PollSet(reading: [stopSignal.number, socket.number])
        while true {
            turns.add()
            let isReady = set.wait(timeout: Self.tick)
            if set.isReady(stopSignal.number) { return try finish() }
            _ = try drain()
            noteDrops()
            quietTicks = isReady ? 0 : quietTicks + 1
            if quietTicks >= Self.patience { tellDropsWithoutGap() }
            if !isReady { _ = intake.advance(to: .now) }
        }
    }

    /// - Returns: whether nothing is left to read.
    private mutating func drain() throws(IngestError) -> Bool {
        for _ in 0..<64 {
            guard case .datagrams(let count) = try socket.receive(for: "read NFLOG packets") else { return true }
            _ = intake.deliver(count, from: socket, of: .nflog, with: &decoder, reusing: &observations)
        }
        return false
    }

    /// Gives the groups back, as with a socket that closes the kernel throws away what it has gathered and not yet sent, and reads what is
    /// there; as much as the receive buffer can hold, if more keeps coming.
    ///
    /// - Returns: whether that was all.
    private mutating func finish() throws(IngestError) -> Bool {
        for group in groups {
            _ = try? socket.send(NetlinkRequest.unbindLogGroup(group, sequence: 0), for: "give a group back")
        }
        var isEmpty = false
        for _ in 0..<256 where !isEmpty { isEmpty = try drain() }
        noteDrops()
        return isEmpty && !hasDropsWithoutGap
    }

    // MARK: Drops

    /// Looks whether the kernel dropped something since the last look, and whether a gap has told how much.
    ///
    /// A gap in the packets' numbers shows only with the next packet, and tells exactly; the socket counts batches.
    private mutating func noteDrops() {
        let drops = socket.dropCount ?? 0
        let gaps = decoder.gapCount
        if drops != lastDrops, gaps == lastGaps { hasDropsWithoutGap = true }
        if gaps != lastGaps { hasDropsWithoutGap = false }
        if decoder.takeUntoldCut() { hasDropsWithoutGap = true }
        if drops != lastDrops { _ = buffer.grow { socket.growReceiveBuffer(byteCount: $0) } }
        (lastDrops, lastGaps) = (drops, gaps)
    }

    /// No packet has come since the drop that could tell how many were lost: that they were is known all the same.
    private mutating func tellDropsWithoutGap() {
        guard hasDropsWithoutGap else { return }
        hasDropsWithoutGap = false
        note(Loss(lane: .nflog, cause: .overrun, count: nil))
    }

    private func note(_ loss: Loss) { _ = intake.deliver([.loss(loss)], at: .now) { $0.append(loss) } }
}

/// The requests by which groups are taken, each answered before the next is sent.
private struct LogRequests: ~Copyable {
    /// The greatest message that the kernel gathers packets in; beyond it the setting is ignored (nfnetlink_log.c).
    static let greatestMessage: UInt32 = 131_072
    /// What it really gathers: it fills up the memory that it got for such a message (`skb_tailroom`, nfnetlink_log.c), which with what lies
    /// around it is the next power of two.
    static let greatestDatagram = 2 * Int(greatestMessage)

    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0

    init(socket: consuming NetlinkSocket) { self.socket = socket }

    consuming func finish() -> NetlinkSocket { socket }

    mutating func take(_ group: UInt16, _ configuration: NFLogSource.Configuration) throws(IngestError) {
        let operation = "bind NFLOG group \(group)"
        if let answer = try request(operation, { NetlinkRequest.bindLogGroup(group, sequence: $0) }) {
            throw Self.refusal(operation, group, answer)
        }
        let mode = NetlinkRequest.LogMode(
            copyRange: configuration.copyRange, threshold: configuration.threshold,
            timeout: UInt32(clamping: configuration.flushTimeout / 10_000_000), bufferSize: Self.greatestMessage)
        try require("configure NFLOG group \(group)") {
            NetlinkRequest.configureLogGroup(group, mode, sequence: $0)
        }
        // A kernel that cannot attach conntrack entries rejects all flags together.
        let withConntrack = try request(operation) {
            NetlinkRequest.setLogFlags(group, withConntrack: true, sequence: $0)
        }
        if withConntrack != nil {
            try require("ask NFLOG group \(group) for sequence numbers") {
                NetlinkRequest.setLogFlags(group, withConntrack: false, sequence: $0)
            }
        }
    }

    private mutating func require(_ operation: String, _ make: (UInt32) -> [UInt8]) throws(IngestError) {
        if let answer = try request(operation, make) { throw IngestError(operation, answer: answer) }
    }

    /// - Returns: the kernel's refusal, `nil` where it agreed.
    private mutating func request(
        _ operation: String, _ make: (UInt32) -> [UInt8]
    ) throws(IngestError) -> NetlinkAnswer? {
        sequence += 1
        try socket.send(make(sequence), for: operation)
        return try socket.answer(to: sequence, for: operation)
    }

    /// EPERM means both that the group is taken and that we may not ask: the list of owners tells which.
    private static func refusal(_ operation: String, _ group: UInt16, _ answer: NetlinkAnswer) -> IngestError {
        if answer.errorNumber == EPERM || answer.errorNumber == EBUSY, let owner = HostSockets.reader(of: group) {
            return IngestError(
                .unavailable, operation, reason: "already taken by \(owner)",
                cure: "stop it, or choose another group with --group")
        }
        if answer.errorNumber == EINVAL {
            return IngestError(
                .unavailable, operation, reason: "the kernel has no NFLOG", cure: "load it: modprobe nfnetlink_log")
        }
        return IngestError(operation, answer: answer)
    }
}
