import FlowModel
import Flows
import Ingest
import Sessions
import Wire

/// What a packet costs from the ring on, without kernel and privilege: a ring in plain memory, laid out as the kernel does.
enum RingBenchmarks {
    private static let blockSize = 1 << 20
    private static let blockCount = 64

    static func group(sessionCount: Int) -> Group {
        let ring = FilledRing(sessionCount: sessionCount, blockSize: blockSize, blockCount: blockCount)
        let counter = Counter()
        return Group(
            name: "The packet ring, \(sessionCount) sessions in turn", unit: "packet",
            benchmarks: [
                Benchmark("retrieving", goal: 20) { stopwatch in
                    ring.read(&stopwatch) { block in
                        var block = block
                        while let frame = block.next() { counter.sum &+= frame.bytes.count }
                    }
                },
                Benchmark("retrieving, decoding and finding the flow", goal: 120) { stopwatch in
                    ring.read(&stopwatch) { block in
                        var block = block
                        counter.table.count(framesOf: &block)
                    }
                },
                Benchmark("  … and handing the flows on, once a pass") { stopwatch in
                    ring.read(&stopwatch, then: { counter.drain() }) { block in
                        var block = block
                        counter.table.count(framesOf: &block)
                    }
                },
                Benchmark("  … and adding them to their sessions") { stopwatch in
                    ring.read(&stopwatch, then: { counter.account() }) { block in
                        var block = block
                        counter.table.count(framesOf: &block)
                    }
                },
            ])
    }

    /// What the packets are counted into.
    private final class Counter {
        var sum = 0
        var table = FlowTable(seed: (1, 2))
        private var batch = ObservationBatch()

        func drain() {
            var hasMore = true
            while hasMore {
                batch.removeAll()
                hasMore = table.drain(into: &batch)
            }
        }

        private var sessions = sessionTable()
        private var events: [SessionEvent] = []

        private static func sessionTable() -> SessionTable {
            var configuration = SessionTable.Configuration()
            (configuration.hasTaps, configuration.hasConntrack, configuration.hasNFLog) = (true, false, false)
            configuration.tellsEvents = false
            return SessionTable(configuration: configuration, seed: (3, 4))
        }

        func account() {
            let now = ReceiveTime(wall: Timestamp(nanoseconds: 1_767_607_200_000_000_000), monotonic: 1_000_000_000)
            var hasMore = true
            while hasMore {
                batch.removeAll()
                hasMore = table.drain(into: &batch)
                sessions.apply(batch, at: now, events: &events)
            }
        }
    }

    /// A ring full of packets, which can be read again and again.
    private final class FilledRing {
        private let memory: UnsafeMutableRawPointer
        private let counts: [UInt32]
        private let packetCount: Int
        private var reader: RingReader

        init(sessionCount: Int, blockSize: Int, blockCount: Int) {
            memory = .allocate(byteCount: blockSize * blockCount, alignment: 4096)
            var counts: [UInt32] = []
            var place = 0
            for block in 0..<blockCount {
                var ring = MockRing(blockSize: blockSize)
                while true {
                    // A step that is prime to the number of sessions visits all of them, in an order that looks random.
                    ring.add(Self.packet(place))
                    guard ring.blocks.count == 1 else { break }
                    place = (place + 7919) % sessionCount
                }
                let bytes = ring.blocks[0]
                (memory + block * blockSize).copyMemory(from: bytes, byteCount: blockSize)
                counts.append(bytes.withUnsafeBytes { $0.load(fromByteOffset: RingLayout.frameCount, as: UInt32.self) })
            }
            self.counts = counts
            packetCount = Int(counts.reduce(0, +))
            reader = RingReader(memory: memory, blockSize: blockSize, blockCount: blockCount, knowsSegments: true)
        }

        deinit { memory.deallocate() }

        /// Reads all of it once.
        func read(_ stopwatch: inout Stopwatch, then end: () -> Void = {}, _ body: (RingBlock) -> Void) -> Int {
            for (block, count) in counts.enumerated() {
                let start = memory + block * blockSize
                start.storeBytes(of: count, toByteOffset: RingLayout.frameCount, as: UInt32.self)
                start.storeBytes(of: 1, toByteOffset: RingLayout.status, as: UInt32.self)
            }
            stopwatch.measure {
                while reader.takeBlock(body) {}
                end()
            }
            return packetCount
        }

        /// A small UDP packet of one of the sessions.
        private static func packet(_ number: Int) -> RingPacket {
            var packet: [UInt8] = .ipv4(17, .ports(UInt16(2000 + number & 0xfff), 9, count: 26))
            packet.replaceSubrange(12..<16, with: [UInt8](big: UInt32(0x0a00_0001 + number >> 12)))
            return RingPacket(bytes: [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0] + packet)
        }
    }
}
