import FlowModel
import Sessions
import Testing

/// Whatever happens to the events on their way, two clean dumps make the table right, and no session ends twice.
struct StreamTests {
    /// What is done to the event stream.
    struct Faults: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Of a thousand messages.
        var dropped = 0
        var repeated = 0
        var swapped = 0
    }

    static let faults = [
        Faults(testDescription: "none"),
        Faults(testDescription: "repeated", repeated: 300),
        Faults(testDescription: "reordered", swapped: 300),
        Faults(testDescription: "dropped", dropped: 200),
        Faults(testDescription: "everything", dropped: 100, repeated: 100, swapped: 100),
        Faults(testDescription: "nothing arrives", dropped: 1000),
    ]

    @Test(arguments: faults, 1...6 as ClosedRange<UInt64>)
    func theTableIsTheKernelsAfterTwoCleanDumps(_ faults: Faults, seed: UInt64) {
        var kernel = ModelKernel(seed: seed)
        var generator = SeededGenerator(seed: seed &* 977)
        let monitor = Monitor()
        for _ in 0..<40 {
            deliver(Self.mangle(steps(&kernel, 50), faults, &generator), to: monitor)
            dumpWithinEvents(&kernel, faults, &generator, monitor)
            monitor.wait(seconds: 0.5)
        }
        for _ in 0..<2 {
            monitor.wait(seconds: 3)
            monitor.dump(kernel.rows(mayskip: false))
        }
        expectEqual(monitor, kernel)
        expectOneEndEach(monitor)
        if faults.dropped == 0, faults.swapped == 0 {
            #expect(monitor.ends.allSatisfy { $0.end.cause == .event }, "nothing was lost, so nothing is inferred")
        }
    }

    private func steps(_ kernel: inout ModelKernel, _ count: Int) -> [ModelKernel.Message] {
        (0..<count).map { _ in kernel.step() }
    }

    /// A dump between whose rows events come, and whose rows are older than the last of those events.
    private func dumpWithinEvents(
        _ kernel: inout ModelKernel, _ faults: Faults, _ generator: inout SeededGenerator, _ monitor: Monitor
    ) {
        monitor.take(.dumpBegan(DumpStart(cause: monitor.wantedDump ?? .periodic)))
        let rows = kernel.rows(mayskip: true)
        deliver(Self.mangle(steps(&kernel, 10), faults, &generator), to: monitor)
        for row in rows { monitor.conntrack(.dumpRow, row) }
        monitor.take(.dumpEnded(DumpEnd(isComplete: true)))
    }

    private func deliver(_ messages: [ModelKernel.Message?], to monitor: Monitor) {
        var lost: UInt64 = 0
        for message in messages {
            if let message { monitor.conntrack(message.kind, message.entry) } else { lost += 1 }
        }
        if lost > 0 { monitor.lose(lost) }  // as on a socket, the hole is told of after the backlog
    }

    /// The messages as they arrive; `nil` is one that does not.
    private static func mangle(
        _ messages: [ModelKernel.Message], _ faults: Faults, _ generator: inout SeededGenerator
    ) -> [ModelKernel.Message?] {
        func happens(_ share: Int) -> Bool { Int.random(in: 0..<1000, using: &generator) < share }
        var arrived: [ModelKernel.Message?] = []
        for message in messages {
            if happens(faults.dropped) {
                arrived.append(nil)
                continue
            }
            arrived.append(message)
            if happens(faults.repeated) { arrived.append(message) }
            if happens(faults.swapped), let before = arrived.dropLast().last ?? nil, Self.mayPass(message, before) {
                arrived.swapAt(arrived.count - 1, arrived.count - 2)
            }
        }
        // Another reader's reliable mode sends a DESTROY to everybody once more, later.
        let ends = messages.filter { $0.kind == .destroy && happens(faults.repeated) }
        return arrived + ends.map { $0 }
    }

    /// An end neither overtakes nor is overtaken by what concerns its own entry or tuple: the kernel sends it last.
    private static func mayPass(_ message: ModelKernel.Message, _ before: ModelKernel.Message) -> Bool {
        let concernsTheSame = message.entry.id == before.entry.id || message.entry.original == before.entry.original
        return !concernsTheSame || (message.kind != .destroy && before.kind != .destroy)
    }

    private func expectEqual(_ monitor: Monitor, _ kernel: ModelKernel) {
        #expect(monitor.summary.sessionCount == kernel.entries.count)
        for session in monitor.sessions {
            let entry = kernel.entries[session.record.conntrackID]
            #expect(session.record.original == entry?.original)
            #expect(session.record.reply == entry?.reply)
            #expect(session.record.status == entry?.status)
            #expect(session.record.mark == entry?.mark ?? 0)
            #expect(session.counters?.original == entry?.originalCounters)
        }
    }

    private func expectOneEndEach(_ monitor: Monitor) {
        var ends: [SessionID: Int] = [:]
        for (session, _) in monitor.ends { ends[session.record.id, default: 0] += 1 }
        #expect(ends.values.allSatisfy { $0 == 1 })
        for session in monitor.sessions { #expect(ends[session.record.id] == nil, "the living have not ended") }
        var starts: [SessionID: Int] = [:]
        for session in monitor.starts { starts[session.record.id, default: 0] += 1 }
        #expect(starts.values.allSatisfy { $0 == 1 })
    }
}
