internal import FlowModel
internal import Glibc
internal import Wire

/// A capture's thread: its ring, and what reads the frames.
struct CaptureReader<Consumer: FrameConsumer & ~Copyable>: ~Copyable {
    /// Milliseconds without a packet after which it comes round all the same.
    private static var tick: Int32 { 100 }
    /// Milliseconds after which it looks again where packets come all the time, and the part of the ring that may fill meanwhile.
    private static var pause: Int32 { 40 }
    private static var pauseShare: Int { 8 }
    /// Blocks after which the clock is looked at.
    static var turn: Int { 8 }
    /// Nanoseconds between two looks at what the kernel has dropped.
    private static var interval: UInt64 { 1_000_000_000 }

    private let stopSignal: Signal
    private let program: CaptureProgram
    private let configuration: PacketRing.Configuration
    private let share: PacketShare?
    private let gate: CaptureGate
    private let downInterfaces: DownInterfaces
    /// Of the threads of an interface one tells what becomes of it.
    private let notice: (@Sendable (String) -> Void)?
    private var interface: CaptureInterface
    /// `nil` while the interface is gone and the one that will have its name is waited for.
    private var ring: PacketRing?
    private var consumer: Consumer
    private var lastLook: UInt64 = 0
    /// The interface was down at the last look.
    private var isDown = false
    /// Why the interface that was made anew could not be opened at the last try, and when that was.
    private var lastRefusal: IngestError?
    private var lastTry: UInt64 = 0

    static func open(
        _ interface: CaptureInterface, _ configuration: PacketRing.Configuration, _ program: CaptureProgram,
        share: PacketShare?, gate: CaptureGate, _ downInterfaces: DownInterfaces, _ consumer: consuming Consumer,
        _ stopSignal: Signal, notice: (@Sendable (String) -> Void)?
    ) throws(IngestError) -> CaptureReader {
        let compiled = try program.compiled(on: interface)
        let ring = try PacketRing.open(interface, configuration, compiled, share: share, gate: gate)
        return CaptureReader(
            ring, configuration, program, share, gate, downInterfaces, consumer, stopSignal, notice)
    }

    private init(
        _ ring: consuming PacketRing, _ configuration: PacketRing.Configuration, _ program: CaptureProgram,
        _ share: PacketShare?, _ gate: CaptureGate, _ downInterfaces: DownInterfaces, _ consumer: consuming Consumer,
        _ stopSignal: Signal, _ notice: (@Sendable (String) -> Void)?
    ) {
        interface = ring.interface
        self.ring = consume ring
        self.configuration = configuration
        self.program = program
        self.share = share
        self.gate = gate
        self.downInterfaces = downInterfaces
        self.consumer = consumer
        self.stopSignal = stopSignal
        self.notice = notice
    }

    /// Reads until the stop signal, and what has passed until then.
    ///
    /// - Parameter turns: counts how often it comes round.
    mutating func run(turns: TurnCounter) throws(IngestError) {
        var set = pollSet()
        var hasMore = false
        var isBusy = false
        while true {
            turns.add()
            // Who asks the kernel whether there is a block, or is woken for each, competes with the packets for the ring's lock.
            if let number = ring?.number { set.watch(place: 1, number, !hasMore && !isBusy) }
            _ = set.wait(timeout: hasMore ? 0 : isBusy ? Self.pause : Self.tick)
            if set.isReady(stopSignal.number) { return finish() }
            if let number = ring?.number, set.isReady(number) { heedError(ring?.takeError() ?? 0) }
            let count = readBlocks(atMost: Self.turn)
            isBusy = Self.isBusy(after: count, of: ring?.blockCount ?? 0)
            let now = ReceiveTime.now
            hasMore = consumer.advance(to: now)
            if now.monotonic &- lastLook >= Self.interval { lookAround(at: now) }
            if isDown, try reopenIfGone(at: now) { set = pollSet() }
        }
    }

    /// Whether packets come all the time, all that were there have been read, and a pause cannot fill the ring.
    ///
    /// - Parameters:
    ///   - count: the blocks that were just read, of at most ``turn``.
    ///   - blockCount: the ring's.
    static func isBusy(after count: Int, of blockCount: Int) -> Bool {
        count > 0 && count < turn && count * pauseShare <= blockCount
    }

    /// What is waited for.
    private mutating func pollSet() -> PollSet {
        guard let number = ring?.number else { return PollSet(reading: [stopSignal.number]) }
        return PollSet(reading: [stopSignal.number, number])
    }

    /// - Returns: how many there were.
    @discardableResult
    private mutating func readBlocks(atMost limit: Int) -> Int {
        var count = 0
        while count < limit, takeBlock() { count += 1 }
        return count
    }

    private mutating func takeBlock() -> Bool {
        ring?.takeBlock { block in consumer.take(block) } ?? false
    }

    private mutating func finish() {
        heedError(ring?.takeError() ?? 0)
        drain()
        consumer.finish(at: .now)
    }

    /// Lets nothing in any more and reads what is there, the block that the kernel still fills included.
    private mutating func drain() {
        guard let blockCount = ring?.blockCount, let patience = ring?.patience else { return }
        ring?.admitNothing()
        let deadline = ReceiveTime.now.monotonic &+ patience
        readBlocks(atMost: blockCount)
        while heldCount() > 0, ReceiveTime.now.monotonic < deadline {
            ring?.wait()
            readBlocks(atMost: blockCount)
        }
        let now = ReceiveTime.now
        let heldCount = heldCount()
        if heldCount > 0 { tellLoss(UInt64(heldCount), at: now) }
        lookAround(at: now)
    }

    /// Frames in the block that the kernel still fills.
    private mutating func heldCount() -> Int { ring?.heldCount ?? 0 }

    private mutating func tellLoss(_ count: UInt64, at now: ReceiveTime) {
        consumer.note(Loss(lane: .packet, cause: .overrun, count: count), at: now)
    }

    /// Looks what the kernel has dropped, and whether the interface is up.
    private mutating func lookAround(at now: ReceiveTime) {
        lastLook = now.monotonic
        // The time from before: where the frames have gone to somebody else meanwhile, it is still the former's loss rather than nobody's.
        let time = ReceiveTime.now
        let drops = ring?.takeDrops() ?? 0
        if drops > 0 { tellLoss(drops, at: time) }
        let wasDown = isDown
        isDown = isCutOff() || interface.isDown
        guard isDown != wasDown else { return }
        let name = interface.name
        if isDown { downInterfaces.insert(name) }
        notice?(
            isDown
                ? "\(name) is down: nothing passes until it is up: ip link set dev \(name) up" : "\(name) is up")
    }

    private mutating func heedError(_ number: Int32) {
        // What else there could be has no meaning for a packet socket: the next look tells what is wrong.
        guard number == ENETDOWN else { return }
        // It may be up again by the next look.
        downInterfaces.insert(interface.name)
        lastLook = 0
    }

    /// Whether there is nothing that could be read, whatever the interface's number says.
    private mutating func isCutOff() -> Bool { ring?.isCutOff ?? true }

    /// Gives back the ring of an interface that is gone, and goes on with the one that now has its name.
    ///
    /// - Returns: whether there is something else to wait for.
    /// - Throws: where trying again does not help: the privilege is gone, or the filter means nothing there.
    private mutating func reopenIfGone(at now: ReceiveTime) throws(IngestError) -> Bool {
        guard now.monotonic &- lastTry >= Self.interval, isCutOff() || interface.isGone else { return false }
        let wasOpen = ring != nil
        if wasOpen {
            drain()
            ring = nil
        }
        let name = interface.name
        do throws(IngestError) {
            let next = try CaptureInterface(named: name)
            // On one that is down no filter can be compiled, and sockets cannot share.
            guard program.expression.isEmpty && share == nil || !next.isDown else { return wasOpen }
            let compiled = try program.compiled(on: next)
            ring = try PacketRing.open(next, configuration, compiled, share: share, gate: gate)
            interface = next
        } catch {
            if error.kind == .privilege || error.kind == .wording { throw error }
            // There is none yet, which costs nothing to see, or it has gone again meanwhile.
            guard error.kind != .unavailable, interface.isThere else { return wasOpen }
            if lastRefusal != error { notice?("\(error): trying again") }
            (lastRefusal, lastTry) = (error, now.monotonic)
            return wasOpen
        }
        // What passed between its making and now, nobody can say. It is one loss, however many threads share the interface.
        if notice != nil { consumer.note(Loss(lane: .packet, cause: .down, count: nil), at: now) }
        (lastRefusal, isDown) = (nil, false)
        notice?("\(name) was made anew: going on with it")
        lookAround(at: .now)
        return true
    }
}
