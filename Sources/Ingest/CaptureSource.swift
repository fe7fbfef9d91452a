public import FlowModel

/// The packet lane: the packets that pass some interfaces, as flows.
public final class CaptureSource: Source {
    public struct Configuration: Sendable {
        /// By their names; `any` is all of them.
        public var interfaces: [String] = []
        /// Bytes of each packet that the kernel keeps: enough for Ethernet, two tags, IPv6 with extension headers, TCP, and for the headers
        /// that an ICMP error quotes.
        public var snapLength: UInt32 = 192
        /// Also packets for other hosts that come by.
        public var isPromiscuous = false
        /// Whether packets for other hosts are only counted, whoever made the interface promiscuous; those that the host forwards as a bridge
        /// are its own.
        public var leavesForeign = false
        /// Whether a packet of the loopback is captured as it comes in only: what tells no ways would have it twice.
        public var leavesLoopbackEgress = false
        /// Bytes of each ring; as many as there is reason for, where it is `nil`.
        public var ringByteCount: Int?
        /// How many threads share the packets of an interface.
        public var shareCount = 1
        /// Only packets that this expression in tcpdump's language admits (pcap-filter(7)); all, where it is empty.
        public var expression = ""

        public init() {}

        /// Bytes of each ring: a fifth of a second of small packets, a million a second, but of many rings no more than half a GiB
        /// together, as long as each holds some aggregates. Its memory costs a start 1 ms for each MiB.
        public var ringSize: Int {
            let count = max(1, interfaces.count) * max(1, shareCount)
            return ringByteCount ?? max(4 << 20, min(32 << 20, (512 << 20) / count))
        }
    }

    public let warnings: [String]
    /// From when on packets are counted.
    public let start: Timestamp
    private let stages = CaptureStages()
    private let threads: CaptureThreads

    /// Opens the interfaces and starts reading.
    ///
    /// - Parameters:
    ///   - seed: random, so that nobody who sends packets can choose ones that collide in a flow table.
    ///   - notice: is told in words what becomes of the interfaces; from the threads that read them.
    /// - Throws: where an interface is not there, the expression means nothing, or the privilege is missing.
    public init(
        _ configuration: Configuration, into intake: Intake, seed: (UInt64, UInt64), failure: SourceFailure,
        notice: @escaping @Sendable (String) -> Void
    ) throws(IngestError) {
        let stages = stages
        let interfaces = configuration.leavesForeign ? InterfaceWatch() : nil
        threads = try CaptureThreads(configuration, failure: failure, notice: notice, begin: {}) { _ in
            FlowCounter(stages, seed: seed, foreignFrames: interfaces?.foreignFrames(at: ReceiveTime.now.monotonic))
        }
        warnings = []
        // Not before all interfaces let their packets in: what passes two of them is seen at both or at none.
        _ = threads.takeDrops()
        start = stages.begin(intake)
    }

    public var turns: TurnCounter { threads.turns }

    /// Hands what passes from now on to another intake, on all interfaces from one moment on; to nobody, where there is none.
    ///
    /// - Returns: that moment.
    public func turn(to intake: Intake?) -> Timestamp {
        // Read now, what was lost until now is told to those who took the frames until now.
        let drops = threads.takeDrops()
        let now = ReceiveTime.now
        if drops > 0, let intake = stages.intake(at: now) {
            _ = intake.deliver([.loss(Loss(lane: .packet, cause: .overrun, count: drops))], at: now) { _ in }
        }
        return stages.begin(intake)
    }

    /// The names of interfaces that were down at some time.
    public var downInterfaceNames: Set<String> { threads.downInterfaceNames }

    public func stop(asOutage: Bool) { threads.stop() }
}
