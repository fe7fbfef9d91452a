import FlowModel
import Monitor
import Query
import Reports
import Sessions

/// What the monitor's stream costs an event: to be taken in, and to be read by so many.
enum StreamBenchmarks {
    private static let eventCount = 32_768
    /// Events that come at a time.
    private static let batchSize = 1024

    static func group() -> Group {
        func read(_ name: String, _ count: Int, _ filter: String? = nil) -> Benchmark {
            Benchmark(name) { stopwatch in
                let town = Town()
                let readers = (0..<count).map { _ in town.reader(filter) }
                var text: [UInt8] = []
                var sum = 0
                for batch in 0..<eventCount / batchSize {
                    town.begin(batch * batchSize..<(batch + 1) * batchSize)
                    town.stream.gather()
                    sum += stopwatch.measure {
                        var sum = 0
                        for reader in readers {
                            text.removeAll(keepingCapacity: true)
                            sum += reader.read(atMost: .max, into: &text).eventCount
                        }
                        return sum
                    }
                }
                precondition(filter != nil || sum == eventCount * count, "an event was not read")
                keep(sum)
                return eventCount
            }
        }
        return Group(
            name: "The monitor's stream: beginnings in batches of \(batchSize)", unit: "event",
            benchmarks: [
                Benchmark("taken from the store into the ring") { stopwatch in
                    let town = Town()
                    for batch in 0..<eventCount / batchSize {
                        town.begin(batch * batchSize..<(batch + 1) * batchSize)
                        stopwatch.measure { _ = town.stream.gather() }
                    }
                    return eventCount
                },
                read("read by 1", 1), read("read by 10, all together", 10),
                read("read by 1 whose filter admits a 16th", 1, "dport = 7"),
                read("read by 10 such, all together", 10, "dport = 7"),
            ])
    }

    /// A store, its stream, and conntrack's messages.
    private final class Town {
        let store: SessionStore
        let stream: EventStream
        private let names = NameTable()
        private var monotonic: UInt64 = 1_000_000_000

        init() {
            var configuration = SessionTable.Configuration()
            configuration.hasNFLog = false
            store = SessionStore(configuration: configuration, seed: (1, 2))
            stream = EventStream(of: store, names: names, byteLimit: 64 << 20, epoch: 1, clock: { 0 })
        }

        func begin(_ numbers: Range<Int>) {
            monotonic += 1_000_000
            let batch = numbers.map { number -> Observation in
                let key = FlowKey(
                    source: IPAddress(ipv4: 0x0a00_0000 + UInt32(number)), destination: IPAddress(ipv4: 0xc633_6409),
                    sourcePort: 1024, destinationPort: UInt16(number % 16), transport: .tcp, family: .ipv4)
                var entry = ConntrackEntry(original: key, reply: key.inverse)
                entry.id = UInt32(number + 1)
                return .conntrack(ConntrackObservation(kind: .new, entry: entry, helper: .none))
            }
            let wall = Timestamp(nanoseconds: 1_767_607_200_000_000_000 + Int64(monotonic))
            _ = store.take(ObservationBatch(batch), at: ReceiveTime(wall: wall, monotonic: monotonic))
        }

        func reader(_ filter: String?) -> EventReader {
            let parsed = filter.flatMap { try? SessionFilter(parsing: $0, names: names) }
            guard let reader = try? stream.reader(from: .now, filter: parsed, format: .ndjson, onNews: {}) else {
                preconditionFailure("no reader")
            }
            return reader
        }
    }
}
