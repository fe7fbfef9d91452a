import FlowModel
import Monitor
import Reports
import Sessions
import Testing

/// A host of containers, each of which has an interface of its own for a moment.
private final class ContainerHost {
    let names: NameTable
    let store: SessionStore
    let stream: EventStream
    private let sweep: NameSweep
    private let elapsed: Clock
    private(set) var count: UInt32 = 0

    private final class Clock: Sendable {
        let nanoseconds = Lock<UInt64>(1_000_000_000)
    }

    /// - Parameters:
    ///   - limit: how many names there can be at once.
    ///   - mark: from how many on they are swept.
    init(nameLimit limit: Int, mark: Int) {
        var configuration = SessionTable.Configuration()
        configuration.hasConntrack = false
        configuration.maximumPacketSessions = 300
        configuration.packetIdle = .max / 2
        let (names, clock) = (NameTable(limit: limit), Clock())
        let store = SessionStore(configuration: configuration, seed: (1, 2))
        let stream = EventStream(
            of: store, names: names, byteLimit: 1 << 20, epoch: 7, clock: { clock.nanoseconds.withLock { $0 } })
        (self.names, self.store, self.stream, elapsed) = (names, store, stream, clock)
        sweep = NameSweep(
            of: store, names, nameMark: mark, interfaceMark: mark, clock: { clock.nanoseconds.withLock { $0 } },
            alsoUsed: { stream.insertNames(into: &$0) })
    }

    private func take(_ batch: ObservationBatch) {
        let now = elapsed.nanoseconds.withLock { $0 }
        let wall = Timestamp(nanoseconds: Town.epoch.nanoseconds + Int64(now))
        _ = store.take(batch, at: ReceiveTime(wall: wall, monotonic: now))
    }

    private func interface(_ number: UInt32, isGone: Bool) -> Observation {
        let name = names.number(of: "veth\(number)".utf8)
        return .interface(InterfaceObservation(index: number, name: name, isGone: isGone))
    }

    /// A container's interface comes, and a packet comes in by it.
    func begin() {
        count += 1
        elapsed.nanoseconds.withLock { $0 += 100_000_000 }
        let key = FlowKey(
            source: IPAddress(ipv4: 0x0a00_0000 + count), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 1024,
            destinationPort: 443, transport: .tcp, family: .ipv4)
        var packet = PacketObservation(key: key, byteCount: 100)
        packet.path.inInterface = count
        packet.rule = names.number(of: "out".utf8)
        take([interface(count, isGone: false), .packet(packet)])
    }

    /// The last one's goes.
    func end() { take([interface(count, isGone: true)]) }

    /// A minute passes.
    func wait() {
        elapsed.nanoseconds.withLock { $0 += 60_000_000_000 }
        take([])
        stream.gather()
        sweep.sweepIfDue()
    }

    /// The name of an interface as outputs show it.
    func name(of index: InterfaceIndex) -> String {
        let book = NameBook(names: names.snapshot, interfaces: store.withTable { $0.interfaceNames })
        return String(decoding: book.interface(index), as: UTF8.self)
    }
}

struct NameSweepTests {
    /// More than there are numbers, in a table of a few.
    @Test func theNamesOfContainersDoNotRunOut() throws {
        let host = ContainerHost(nameLimit: 4096, mark: 512)
        var greatestCount = 0
        while host.count < 100_000 {
            for _ in 0..<400 {
                host.begin()
                if host.count.isMultiple(of: 999) {
                    #expect(host.name(of: host.count) == "veth\(host.count)")
                    let key = TrafficKey(
                        ingress: host.names.number(of: "veth\(host.count)".utf8),
                        rule: host.names.number(of: "out".utf8))
                    #expect(host.store.figures.loggedTraffic.contains { $0.key == key }, "it has a sum of its own")
                }
                host.end()
            }
            host.wait()
            greatestCount = max(greatestCount, host.names.count)
        }
        #expect(greatestCount < 4096)
        #expect(host.store.withTable { $0.interfaceNames }.goneCount < 4096)
        let figures = host.store.figures
        #expect(figures.unplacedCount == 0)
        #expect(figures.loggedTraffic.reduce(0) { $0 + $1.counters.packetCount } == 100_000, "no sum falls")
    }

    /// The events that are kept, and the sessions that are still there, are of interfaces that are long gone.
    @Test func whatIsKeptKeepsItsNames() throws {
        let host = ContainerHost(nameLimit: 4096, mark: 512)
        while host.count < 20_000 {
            for _ in 0..<400 {
                host.begin()
                host.end()
            }
            for _ in 0..<3 { host.wait() }
        }
        let oldest = host.stream.status.oldestSequence
        let reader = try host.stream.reader(from: .after(oldest, epoch: nil), format: .ndjson, onNews: {})
        var text: [UInt8] = []
        while !reader.read(atMost: 1 << 20, into: &text).isAtEnd {}
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        #expect(lines.count > 300)
        for line in lines where line.contains("\"ingress\"") {
            let address = line.split(separator: "\"ip\":\"10.").dropFirst().first?.prefix { $0 != "\"" } ?? ""
            let bytes = address.split(separator: ".").compactMap { UInt32($0) }
            let number = bytes.reduce(0) { $0 << 8 | $1 }
            #expect(line.contains("\"name\":\"veth\(number)\""), "\(line)")
        }
        for index in host.count - 100...host.count { #expect(host.name(of: index) == "veth\(index)") }
    }
}
