import FlowModel
import FoundationEssentials
import Monitor
import Query
import Reports
import Sessions
import Testing

/// A store with a stream of its events; the test plays conntrack.
final class Town {
    /// 2026-01-05T10:00:00Z.
    static let epoch = Timestamp(seconds: 1_767_607_200, nanoseconds: 0)

    let store: SessionStore
    let names = NameTable()
    let stream: EventStream
    private let clock = Clock()
    private(set) var elapsed: UInt64 = 0 {
        didSet { clock.elapsed.withLock { $0 = elapsed } }
    }

    private final class Clock: Sendable {
        let elapsed = Lock<UInt64>(0)
    }

    init(byteLimit: Int = 16 << 20, queueLimit: Int = SessionStore.defaultQueueLimit) {
        var configuration = SessionTable.Configuration()
        configuration.hasNFLog = false
        store = SessionStore(configuration: configuration, seed: (1, 2), queueLimit: queueLimit)
        stream = EventStream(of: store, names: names, byteLimit: byteLimit, epoch: 0xc0ffee) { [clock] in
            clock.elapsed.withLock { $0 }
        }
    }

    private var time: ReceiveTime {
        ReceiveTime(
            wall: Timestamp(nanoseconds: Self.epoch.nanoseconds + Int64(elapsed)), monotonic: 1_000_000_000 + elapsed)
    }

    /// Sessions with these numbers begin; the events wait in the store.
    func begin(_ numbers: Range<UInt32>) { tell(.new, numbers) }

    /// They end.
    func end(_ numbers: Range<UInt32>) { tell(.destroy, numbers) }

    /// Their mark changes.
    func change(_ numbers: Range<UInt32>, mark: UInt32) { tell(.update, numbers) { $0.mark = mark } }

    private func tell(
        _ kind: ConntrackObservation.Kind, _ numbers: Range<UInt32>, _ change: (inout ConntrackEntry) -> Void = { _ in }
    ) {
        elapsed += 1_000_000
        let batch = numbers.map { number -> Observation in
            let key = FlowKey(
                source: IPAddress(ipv4: 0x0a00_0000 + number), destination: IPAddress(ipv4: 0xc633_6409),
                sourcePort: 1024,
                destinationPort: number % 2 == 0 ? 443 : 53, transport: .tcp, family: .ipv4)
            var entry = ConntrackEntry(original: key, reply: key.inverse)
            entry.id = number + 1
            entry.status = [.confirmed]
            change(&entry)
            return .conntrack(ConntrackObservation(kind: kind, entry: entry, helper: .none))
        }
        _ = store.take(ObservationBatch(batch), at: time)
    }

    /// A second passes.
    func wait() {
        elapsed += 1_000_000_000
        _ = store.advance(to: time)
    }

    func reader(
        from place: EventPlace = .now, _ filter: String? = nil, format: EventFormat = .ndjson,
        onNews: @escaping @Sendable () -> Void = {}
    ) throws -> EventReader {
        let filter = try filter.map { text throws(FilterError) in try SessionFilter(parsing: text, names: names) }
        return try stream.reader(from: place, filter: filter, format: format, onNews: onNews)
    }
}

extension EventReader {
    /// Reads once.
    func read(atMost byteLimit: Int = .max, events: Int = .max) -> (lines: [Line], reading: EventReading) {
        var text: [UInt8] = []
        let reading = read(atMost: byteLimit, events: events, into: &text)
        return (Line.all(in: text), reading)
    }

    /// Reads as a slow client would, some bytes at a time, until there is nothing more.
    func readAll(atMost byteLimit: Int = 4096) -> [Line] {
        var text: [UInt8] = []
        while !read(atMost: byteLimit, into: &text).isAtEnd {}
        return Line.all(in: text)
    }
}

/// What matters of a line of NDJSON.
struct Line: Equatable, Decodable {
    private struct Event: Equatable, Decodable {
        var action: String
        var sequence: UInt64
    }

    private struct Address: Equatable, Decodable { var ip: String }

    private struct Own: Equatable, Decodable {
        var initial: Bool?
        var source: String?
        var lost: UInt64?
    }

    private var event: Event
    private var source: Address?
    private var nfmon: Own

    var action: String { event.action }
    var sequence: UInt64 { event.sequence }
    var isInitial: Bool { nfmon.initial == true }
    /// Of a loss: who lost how many.
    var loser: String? { nfmon.source }
    var lost: UInt64? { nfmon.lost }

    /// The last two bytes of the source's address as one number: the session's, as ``Town`` numbers them.
    var session: UInt32? {
        let bytes = source?.ip.split(separator: ".").compactMap { UInt32($0) } ?? []
        return bytes.count == 4 ? bytes[2] << 8 | bytes[3] : nil
    }

    static func all(in text: [UInt8]) -> [Line] {
        let decoder = JSONDecoder()
        return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
            do { return try decoder.decode(Line.self, from: Data(line)) } catch {
                Issue.record("\(error): \(String(decoding: line, as: UTF8.self))")
                return nil
            }
        }
    }
}
