import FlowModel
import Sessions

/// What it costs that both sources' words about a session come together: each message with the join, and the same message where
/// its source is the only one.
enum JoinBenchmarks {
    /// Nanoseconds that the join may add to a message.
    private static let goal = 100.0
    /// Batches in one repetition.
    private static let batchCount = 1024
    /// Batches of sessions that begin and end, and how many of them live at once.
    private static let shortCount = 128
    private static let waveCount = 16

    static func group(sessionCount: Int) -> Group {
        let population = Population(count: sessionCount, translation: .third)
        let (both, conntrackAlone) = (FilledTable(population), FilledTable(population) { $0.hasNFLog = false })
        let packetsAlone = PacketTable(population)
        let captured = FilledTable(population) { ($0.hasNFLog, $0.hasTaps) = (false, true) }
        for number in 0..<sessionCount { both.apply([packet(population.original(number))]) }
        return Group(
            name: "The join, among \(sessionCount) sessions", unit: "message",
            benchmarks: [
                Benchmark("packet, where only rules are read") { stopwatch in
                    packets(of: population, &stopwatch) { packetsAlone.apply($0) }
                },
                Benchmark("packet of conntrack's session", goal: goal, above: "packet, where only rules are read") {
                    packets(of: population, &$0) { both.apply($0) }
                },
                Benchmark("  … after its translation", goal: goal, above: "packet, where only rules are read") {
                    packets(of: population, &$0, afterTranslation: true) { both.apply($0) }
                },
                Benchmark("first packet, where only rules are read") { beginnings(of: packetsAlone, &$0) },
                Benchmark("first packet, before NEW", goal: goal, above: "first packet, where only rules are read") {
                    lives(in: both, [.packet, .new], measuring: 0, &$0)
                },
                Benchmark("first packet, after NEW", goal: goal, above: "first packet, where only rules are read") {
                    lives(in: both, [.new, .packet], measuring: 1, &$0)
                },
                Benchmark("NEW, where only conntrack is read") {
                    lives(in: conntrackAlone, [.new], measuring: 0, &$0)
                },
                Benchmark("NEW, before its first packet", goal: goal, above: "NEW, where only conntrack is read") {
                    lives(in: both, [.new, .packet], measuring: 0, &$0)
                },
                Benchmark("NEW, whose packet waits for it", goal: goal, above: "NEW, where only conntrack is read") {
                    lives(in: both, [.packet, .new], measuring: 1, &$0)
                },
                Benchmark("DESTROY, where only conntrack is read") {
                    lives(in: conntrackAlone, [.new, .destroy], measuring: 1, &$0)
                },
                Benchmark(
                    "DESTROY of a session with packets", goal: goal, above: "DESTROY, where only conntrack is read"
                ) { lives(in: both, [.packet, .new, .destroy], measuring: 2, &$0) },
                Benchmark("flow of a capture, where it comes in") { flows(of: population, &$0) { captured.apply($0) } },
                Benchmark("  … where it leaves, after its translation") {
                    flows(of: population, &$0, afterTranslation: true) { captured.apply($0) }
                },
            ])
    }

    /// What is told of a session, in the order in which it comes.
    private enum Word {
        case packet
        case new
        case destroy
    }

    private static func packet(_ key: FlowKey, hook: UInt8 = 2) -> Observation {
        var packet = PacketObservation(key: key, byteCount: 1500)
        packet.hook = hook
        packet.path.inInterface = 2
        packet.path.outInterface = 3
        return .packet(packet)
    }

    /// Packets of sessions in random order, as they show themselves at FORWARD, or at POSTROUTING after translation.
    private static func packets(
        of population: Population, _ stopwatch: inout Stopwatch, afterTranslation: Bool = false,
        _ apply: (ObservationBatch) -> Void
    ) -> Int {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<batchCount {
            let batch = ObservationBatch(
                (0..<FilledTable.batchSize).map { _ in
                    let number = Int.random(in: 0..<population.count, using: &random)
                    guard afterTranslation else { return packet(population.entry(number).shownAtForward) }
                    return packet(population.entry(number).reply.inverse, hook: 4)
                })
            stopwatch.measure { apply(batch) }
        }
        return batchCount * FilledTable.batchSize
    }

    /// What captures tell of sessions in random order, where they come in, or where they leave.
    private static func flows(
        of population: Population, _ stopwatch: inout Stopwatch, afterTranslation: Bool = false,
        _ apply: (ObservationBatch) -> Void
    ) -> Int {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<batchCount {
            let batch = ObservationBatch(
                (0..<FilledTable.batchSize).map { _ in
                    let entry = population.entry(Int.random(in: 0..<population.count, using: &random))
                    var flow = FlowObservation(
                        key: afterTranslation ? entry.reply.inverse : entry.original,
                        tap: Tap(interface: afterTranslation ? 3 : 2, direction: afterTranslation ? .egress : .ingress))
                    flow.forward.seen = Counters(packetCount: 4, byteCount: 6000)
                    flow.forward.whole = flow.forward.seen
                    flow.forward.last = Timestamp(nanoseconds: 1_767_607_300_000_000_000)
                    flow.forward.first = flow.forward.last
                    return .flow(flow)
                })
            stopwatch.measure { apply(batch) }
        }
        return batchCount * FilledTable.batchSize
    }

    /// Sessions beyond the population, a thousand at once, of which all words are told, one of them under the stopwatch.
    private static func lives(
        in table: FilledTable, _ words: [Word], measuring measured: Int, _ stopwatch: inout Stopwatch
    ) -> Int {
        let words = words.contains(.destroy) ? words : words + [.destroy]
        for wave in 0..<shortCount / waveCount {
            let firsts = (0..<waveCount).map {
                table.population.count + (wave * waveCount + $0) * FilledTable.batchSize
            }
            for (place, word) in words.enumerated() {
                for first in firsts {
                    let batch = ObservationBatch(
                        (first..<first + FilledTable.batchSize).map { number in
                            let entry = table.population.entry(number)
                            switch word {
                            case .packet: return packet(entry.shownAtForward)
                            case .new: return table.conntrack(.new, entry)
                            case .destroy: return table.conntrack(.destroy, entry)
                            }
                        })
                    if place == measured { stopwatch.measure { table.apply(batch) } } else { table.apply(batch) }
                }
            }
            table.rest()
        }
        return shortCount * FilledTable.batchSize
    }

    /// First packets of sessions beyond the population.
    private static func beginnings(of table: PacketTable, _ stopwatch: inout Stopwatch) -> Int {
        for batch in 0..<shortCount {
            let first = table.population.count + batch * FilledTable.batchSize
            let packets = ObservationBatch(
                (first..<first + FilledTable.batchSize).map { packet(table.population.original($0)) })
            stopwatch.measure { table.apply(packets) }
        }
        table.forgetOthers()
        return shortCount * FilledTable.batchSize
    }

    /// A table of sessions that only packets told of.
    private final class PacketTable {
        let population: Population
        private let table: FilledTable

        init(_ population: Population) {
            self.population = population
            table = FilledTable(Population(count: 0, translation: .none)) {
                $0.hasConntrack = false
                $0.maximumPacketSessions = 1 << 22
            }
            useAll()
        }

        func apply(_ batch: ObservationBatch) { table.apply(batch) }

        private func useAll() {
            for number in 0..<population.count { table.apply([packet(population.entry(number).shownAtForward)]) }
        }

        /// Lets the sessions beyond the population end for want of packets.
        func forgetOthers() {
            for _ in 0..<11 { table.rest() }
            useAll()
            for _ in 0..<2 { table.rest() }
        }
    }
}

extension ConntrackEntry {
    /// The tuple of its first direction's packets at FORWARD: their destination is translated there, their source is not.
    fileprivate var shownAtForward: FlowKey {
        var key = original
        key.destination = reply.source
        key.destinationPort = reply.sourcePort
        return key
    }
}
