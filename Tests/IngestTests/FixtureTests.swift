import FlowModel
import Foundation
import Ingest
import Reports
import Sessions
import Testing

/// What the fixtures were recorded for: the same bytes make the same events, for ever.
///
/// `Fixtures/make --expect` writes the expectations anew after a wanted change.
@Suite struct FixtureTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return files.filter { $0.hasSuffix(".pcap") }.map { String($0.dropLast(5)) }.sorted()
    }()

    @Test func thereAreFixtures() { #expect(Self.names.count >= 7) }

    @Test(arguments: names)
    func recordingReplaysToTheEventsBesideIt(_ name: String) throws {
        let replayed = try Replayed(Self.folder.appending(path: "\(name).pcap").path())
        let expected = try String(contentsOf: Self.folder.appending(path: "\(name).ndjson"), encoding: .utf8)
        #expect(replayed.ndjson == expected)
    }

    @Test(arguments: names)
    func everySessionOfARecordingEndsOnceAtMost(_ name: String) throws {
        let replayed = try Replayed(Self.folder.appending(path: "\(name).pcap").path())
        var ended: Set<String> = []
        for event in replayed.events {
            guard case .end = event.kind else { continue }
            let record = event.session.record
            let key = "\(record.id.rawValue) \(record.start.nanoseconds)"
            #expect(ended.insert(key).inserted)
        }
    }

    /// Decoder, table and report together: hostile numbers that each of them lets pass must not trap in the next.
    @Test(arguments: names)
    func damagedRecordingIsReadAsFarAsItGoes(_ name: String) throws {
        let whole = try Data(contentsOf: Self.folder.appending(path: "\(name).pcap"))
        let file = FileManager.default.temporaryDirectory.appending(path: "nfmon-damaged-\(UUID()).pcap")
        defer { try? FileManager.default.removeItem(at: file) }
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        func random(below bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<40 {
            var damaged = whole
            for _ in 0...random(below: 200) {
                let value = [0, 0x7f, 0x80, 0xff, UInt8(random(below: 256))][random(below: 5)]
                damaged[24 + random(below: damaged.count - 24)] = value
            }
            try damaged.write(to: file)
            let replayed = try Replayed(file.path())
            #expect(replayed.damage == nil || replayed.damage?.kind == .data)
        }
    }

    @Test func recordingCutAnywhereGivesWhatCameBefore() throws {
        let whole = try Data(contentsOf: Self.folder.appending(path: "denied.pcap"))
        let file = FileManager.default.temporaryDirectory.appending(path: "nfmon-cut-\(UUID()).pcap")
        defer { try? FileManager.default.removeItem(at: file) }
        for length in stride(from: 24, to: whole.count, by: 61) {
            try whole.prefix(length).write(to: file)
            let replayed = try Replayed(file.path())
            #expect(replayed.damage == nil || replayed.damage?.kind == .data)
        }
    }
}

/// A savefile taken in from its first record to its last, or to where it is damaged.
struct Replayed {
    var events: [SessionEvent] = []
    var damage: IngestError?
    let ndjson: String

    init(_ path: String) throws {
        let names = NameTable()
        let store = SessionStore(seed: (1, 2))
        var source = try SavefileSource.open(path, names: names, seed: (3, 4))
        var clock = RecordingClock()
        var observations = ObservationBatch()
        do throws(IngestError) {
            while try source.next(into: &observations) {
                _ = store.take(observations, at: clock.time(at: source.time))
            }
        } catch {
            damage = error
        }
        store.finish(at: clock.time(at: source.time))
        var sequence = store.takeEvents(into: &events)
        let book = NameBook(names: names.snapshot, interfaces: store.withTable { $0.interfaceNames })
        var report = EventReport(format: .ndjson)
        var text: [UInt8] = []
        for event in events {
            report.append(event, sequence: sequence, names: book, into: &text)
            sequence += 1
        }
        ndjson = String(decoding: text, as: UTF8.self)
    }
}
