internal import FlowModel

/// The threads of a capture, one for each interface and share of it.
struct CaptureThreads: Sendable {
    let turns = TurnCounter()
    private let stopSignal: Signal
    private let threads: [Thread]

    /// - Parameter makeConsumer: makes what takes in the frames of one thread.
    init<Consumer: FrameConsumer & ~Copyable>(
        _ configuration: CaptureSource.Configuration, failure: SourceFailure,
        notice: @escaping @Sendable (String) -> Void, makeConsumer: () -> sending Consumer
    ) throws(IngestError) {
        let stopSignal = try Signal()
        let turns = turns
        var ring = PacketRing.Configuration()
        ring.byteCount = configuration.ringByteCount
        ring.isPromiscuous = configuration.isPromiscuous
        let program = CaptureProgram(expression: configuration.expression, snapLength: configuration.snapLength)
        var threads: [Thread] = []
        do throws(IngestError) {
            for name in configuration.interfaces {
                let operation = CaptureReader<Consumer>.operation(name)
                let interface = try CaptureInterface(named: name, for: operation)
                let share = configuration.shareCount > 1 ? PacketShare() : nil
                for _ in 0..<configuration.shareCount {
                    let reader = try CaptureReader.open(
                        interface, ring, program, share: share, makeConsumer(), stopSignal, notice: notice)
                    threads.append(try Self.start(reader, turns, failure))
                }
            }
        } catch {
            stopSignal.raise()
            threads.forEach { $0.join() }
            throw error
        }
        self.stopSignal = stopSignal
        self.threads = threads
    }

    private static func start<Consumer: FrameConsumer & ~Copyable>(
        _ reader: consuming sending CaptureReader<Consumer>, _ turns: TurnCounter, _ failure: SourceFailure
    ) throws(IngestError) -> Thread {
        let shared = Lock(reader)
        return try Thread(name: "nf-capture") {
            // Held for the thread's life: nobody else reads.
            shared.withLock { reader in
                do throws(IngestError) { try reader.run(turns: turns) } catch { failure.report(error) }
            }
        }
    }

    /// Ends the threads, which read what has passed until now, and waits for them.
    func stop() {
        stopSignal.raise()
        threads.forEach { $0.join() }
    }
}
