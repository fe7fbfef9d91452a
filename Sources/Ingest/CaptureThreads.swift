internal import FlowModel

/// The threads of a capture, one for each interface and share of it.
struct CaptureThreads: Sendable {
    let turns = TurnCounter()
    private let stopSignal: Signal
    private let gate: CaptureGate
    private let downInterfaces = DownInterfaces()
    private let threads: [Thread]

    /// Opens all interfaces, then starts reading.
    ///
    /// - Parameters:
    ///   - begin: called once all are open, and before anything is read.
    ///   - makeConsumer: makes what takes in the frames of one thread, by its interface's place among those that are captured.
    init<Consumer: FrameConsumer & ~Copyable>(
        _ configuration: CaptureSource.Configuration, failure: SourceFailure,
        notice: @escaping @Sendable (String) -> Void, begin: () throws(IngestError) -> Void,
        makeConsumer: (Int) -> sending Consumer
    ) throws(IngestError) {
        let stopSignal = try Signal()
        let gate = CaptureGate()
        var ring = PacketRing.Configuration()
        ring.byteCount = configuration.ringSize
        ring.isPromiscuous = configuration.isPromiscuous
        let program = CaptureProgram(
            expression: configuration.expression, snapLength: configuration.snapLength,
            leavesLoopbackEgress: configuration.leavesLoopbackEgress)
        var seats: [CaptureSeat<Consumer>] = []
        let interfaces = try CaptureInterface.chosen(configuration.interfaces)
        try Self.checkRoom(
            forRings: interfaces.count * configuration.shareCount, of: ring.byteCount, in: FreeMemory.current)
        for (place, interface) in interfaces.enumerated() {
            let count = configuration.shareCount
            let share = count > 1 ? PacketShare(count: count) : nil
            for number in 0..<count {
                seats.append(
                    CaptureSeat(
                        try CaptureReader.open(
                            interface, ring, program, share: share, gate: gate, downInterfaces, makeConsumer(place),
                            stopSignal, notice: number == 0 ? notice : nil)))
            }
        }
        try begin()
        let result = gate.open()
        if result < 0 { throw IngestError("capture", errno: -result) }
        let turns = turns
        var threads: [Thread] = []
        do throws(IngestError) {
            for seat in seats {
                threads.append(try Thread(name: "nf-capture") { seat.read(turns: turns, failure: failure) })
            }
        } catch {
            stopSignal.raise()
            threads.forEach { $0.join() }
            throw error
        }
        self.stopSignal = stopSignal
        self.gate = gate
        self.threads = threads
    }

    /// Refuses rings that take more than half of the free memory: it is the kernel's, and nobody gets it back before the capture ends.
    static func checkRoom(forRings count: Int, of size: Int, in free: UInt64?) throws(IngestError) {
        let (bytes, isTooMuch) = UInt64(count).multipliedReportingOverflow(by: UInt64(size))
        guard let free, isTooMuch || bytes > free / 2 else { return }
        throw IngestError(
            .wording, "capture into \(count) \(count == 1 ? "ring" : "rings") of \(size >> 10) KiB",
            reason: "that is more than half of the \(free >> 20) MiB of free memory",
            cure: "give a smaller --packet-buffer")
    }

    /// The names of interfaces that were down at some time.
    var downInterfaceNames: Set<String> { downInterfaces.names }

    /// How many packets the kernel has dropped on all interfaces since that was asked last, here or by the readers.
    func takeDrops() -> UInt64 { gate.takeDrops() }

    /// Ends the threads, which read what has passed until now, and waits for them.
    func stop() {
        gate.shut()
        stopSignal.raise()
        threads.forEach { $0.join() }
    }
}

/// An open capture until its thread has read it to its end.
private final class CaptureSeat<Consumer: FrameConsumer & ~Copyable>: Sendable {
    private let reader: Lock<CaptureReader<Consumer>>

    init(_ reader: consuming sending CaptureReader<Consumer>) { self.reader = Lock(reader) }

    func read(turns: TurnCounter, failure: SourceFailure) {
        // Held for the thread's life: nobody else reads.
        reader.withLock { reader in
            do throws(IngestError) { try reader.run(turns: turns) } catch { failure.report(error) }
        }
    }
}
