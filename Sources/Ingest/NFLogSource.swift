public import FlowModel

/// The NFLOG lane: the packets that rules log to some groups.
public final class NFLogSource: Source {
    public struct Configuration: Sendable {
        public var groups: [UInt16] = [100]
        /// Bytes of receive buffer; the kernel's own accounting doubles them.
        public var receiveBuffer = 32 << 20
        /// What the receive buffer may grow to when it has overrun; not more than ``receiveBuffer`` is a fixed size.
        public var greatestBuffer = 128 << 20
        /// Bytes of each packet that the kernel copies: enough for every header up to the ports and those in an ICMP error.
        public var copyRange: UInt32 = 256
        /// Packets that the kernel gathers before it sends them, if the flush timeout does not come first.
        public var threshold: UInt32 = 512
        /// Nanoseconds after which the kernel sends what it has gathered; its unit is 10 ms.
        public var flushTimeout: UInt64 = 100_000_000

        public init() {}
    }

    public let warnings: [String]
    private let intake: Intake
    private let progress = SourceProgress()
    private let stopSignal: Signal
    private let thread: Thread

    /// Takes the groups and starts reading.
    ///
    /// - Throws: where a group is taken, naming its owner.
    public init(_ configuration: Configuration, into intake: Intake, failure: SourceFailure) throws(IngestError) {
        let stopSignal = try Signal()
        let reader = try NFLogReader.open(configuration, intake, stopSignal)
        warnings = reader.warnings
        (self.intake, self.stopSignal) = (intake, stopSignal)
        let shared = Lock(reader)
        let progress = progress
        thread = try Thread(name: "nf-nflog") {
            // Held for the thread's life: nobody else reads.
            shared.withLock { reader in
                do throws(IngestError) {
                    if try !reader.run(turns: progress.turns) { progress.leaveSomething() }
                } catch {
                    failure.report(error)
                }
            }
        }
    }

    public var turns: TurnCounter { progress.turns }

    public func stop(asOutage: Bool) {
        stopSignal.raise()
        thread.join()
        guard progress.hasLeftSomething, !asOutage else { return }
        let loss = Loss(lane: .nflog, cause: .overrun, count: nil)
        _ = intake.deliver([.loss(loss)], at: .now) { $0.append(loss) }
    }
}
