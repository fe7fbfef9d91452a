internal import FlowModel
internal import Glibc
internal import Wire

/// A capture's thread: its ring, and what reads the frames.
struct CaptureReader<Consumer: FrameConsumer & ~Copyable>: ~Copyable {
    /// Milliseconds without a packet after which it comes round all the same.
    private static var tick: Int32 { 100 }
    /// Blocks after which the clock is looked at.
    private static var turn: Int { 8 }
    /// Nanoseconds between two looks at what the kernel has dropped.
    private static var interval: UInt64 { 1_000_000_000 }

    private let stopSignal: Signal
    private let program: CaptureProgram
    private let configuration: PacketRing.Configuration
    private let share: PacketShare?
    private let notice: @Sendable (String) -> Void
    private var ring: PacketRing
    private var consumer: Consumer
    private var lastLook: UInt64 = 0
    /// The interface was down at the last look.
    private var isDown = false

    static func open(
        _ interface: CaptureInterface, _ configuration: PacketRing.Configuration, _ program: CaptureProgram,
        share: PacketShare?, _ consumer: consuming Consumer, _ stopSignal: Signal,
        notice: @escaping @Sendable (String) -> Void
    ) throws(IngestError) -> CaptureReader {
        let operation = Self.operation(interface.name)
        let compiled = try program.compiled(on: interface, for: operation)
        let ring = try PacketRing.open(interface, configuration, compiled, share: share, for: operation)
        return CaptureReader(ring, configuration, program, share, consumer, stopSignal, notice)
    }

    private init(
        _ ring: consuming PacketRing, _ configuration: PacketRing.Configuration, _ program: CaptureProgram,
        _ share: PacketShare?, _ consumer: consuming Consumer, _ stopSignal: Signal,
        _ notice: @escaping @Sendable (String) -> Void
    ) {
        self.ring = ring
        self.configuration = configuration
        self.program = program
        self.share = share
        self.consumer = consumer
        self.stopSignal = stopSignal
        self.notice = notice
    }

    static func operation(_ name: String) -> String { "capture on \(name)" }

    /// Reads until the stop signal, and what has passed until then.
    ///
    /// - Parameter turns: counts how often it comes round.
    mutating func run(turns: TurnCounter) throws(IngestError) {
        var set = PollSet(reading: [stopSignal.number, ring.number])
        while true {
            turns.add()
            _ = set.wait(timeout: Self.tick)
            if set.isReady(stopSignal.number) { return finish() }
            if set.isReady(ring.number) { heedError(ring.takeError()) }
            readBlocks(atMost: Self.turn)
            let now = ReceiveTime.now
            consumer.advance(to: now)
            if now.monotonic &- lastLook >= Self.interval { lookAround(at: now) }
            if isDown, try reopenIfGone(at: now) {
                set = PollSet(reading: [stopSignal.number, ring.number])
            }
        }
    }

    /// - Returns: whether there was one.
    @discardableResult
    private mutating func readBlocks(atMost limit: Int) -> Bool {
        var count = 0
        while count < limit, takeBlock() { count += 1 }
        return count > 0
    }

    private mutating func takeBlock() -> Bool {
        ring.takeBlock { block in consumer.take(block) }
    }

    /// Lets nothing in any more and reads what is there, the block that the kernel still fills included.
    private mutating func finish() {
        ring.close()
        var patience = 4
        repeat {
            while readBlocks(atMost: ring.blockCount) {}
            patience -= 1
        } while patience > 0 && ring.waitForRest()
        let now = ReceiveTime.now
        lookAround(at: now)
        consumer.finish(at: now)
    }

    /// Looks what the kernel has dropped, and whether the interface is up.
    private mutating func lookAround(at now: ReceiveTime) {
        lastLook = now.monotonic
        let drops = ring.takeStatistics().drops
        if drops > 0 { consumer.note(Loss(lane: .packet, cause: .overrun, count: drops), at: now) }
        let wasDown = isDown
        isDown = ring.interface.isDown
        guard isDown != wasDown else { return }
        let name = ring.interface.name
        notice(
            isDown
                ? "\(name) is down: nothing passes until it is up: ip link set dev \(name) up" : "\(name) is up")
    }

    private mutating func heedError(_ number: Int32) {
        // What else there could be has no meaning for a packet socket: the next look tells what is wrong.
        if number == ENETDOWN { lastLook = 0 }
    }

    /// Goes on with the interface that now has the name, where the one of the capture is gone.
    ///
    /// - Returns: whether it did.
    private mutating func reopenIfGone(at now: ReceiveTime) throws(IngestError) -> Bool {
        guard ring.interface.isGone, ring.interface.isThere else { return false }
        let name = ring.interface.name
        let operation = Self.operation(name)
        let interface = try CaptureInterface(named: name, for: operation)
        // A filter is compiled on an interface that is up.
        guard program.expression.isEmpty || !interface.isDown else { return false }
        while readBlocks(atMost: ring.blockCount) {}
        lookAround(at: now)
        do throws(IngestError) {
            let compiled = try program.compiled(on: interface, for: operation)
            ring = try PacketRing.open(interface, configuration, compiled, share: share, for: operation)
        } catch {
            // It may have gone again meanwhile.
            guard interface.isGone else { throw error }
            return false
        }
        // What passed between its making and now, nobody can say.
        consumer.note(Loss(lane: .packet, cause: .down, count: nil), at: now)
        notice("\(name) was made anew: going on with it")
        return true
    }
}
