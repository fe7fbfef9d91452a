import Doctor
import FlowModel
import Ingest
import Monitor
import Reports
import Sessions
import Testing

/// A monitor that savefiles feed instead of a kernel.
final class FixtureMonitor: MonitorService {
    let names = NameTable()
    let stream: EventStream
    private let store: SessionStore

    init(history: Int = 1 << 20) {
        store = SessionStore(seed: (1, 2))
        stream = EventStream(
            of: store, names: names, byteLimit: history, epoch: 0x5eed, clock: { ReceiveTime.now.monotonic })
    }

    /// Takes in a recording of `Fixtures`.
    func play(_ name: String) throws {
        var source = try SavefileSource.open("\(Self.folder)/\(name).pcap", names: names, seed: (3, 4))
        var clock = RecordingClock()
        var observations = ObservationBatch()
        while try source.next(into: &observations) { _ = store.take(observations, at: clock.time(at: source.time)) }
        stream.gather()
    }

    /// The repository's root has it; this file is `Tests/ServerTests/FixtureMonitor.swift`.
    private static let folder =
        #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 } + "/Fixtures"

    var status: MonitorStatus {
        MonitorStatus(
            version: "1.2.3", processID: 1, startedAt: Timestamp(nanoseconds: 0), now: ReceiveTime.now.wall)
    }

    var figures: MonitorFigures {
        MonitorFigures(
            status: status, table: store.figures, census: store.census(), fill: nil,
            names: NameBook(names: names.snapshot, interfaces: store.withTable { $0.interfaceNames }))
    }

    var sessionCount: Int { store.withTable { $0.count } }

    /// Called before each answer about sessions.
    let beforeAnswer = Lock<@Sendable () -> Void>({})

    func answer(_ question: SessionQuestion) -> SessionAnswer {
        beforeAnswer.withLock { $0 }()
        return question.answer(from: store, names, at: ReceiveTime.now, seed: (3, 4))
    }

    func diagnose() -> Diagnosis {
        var diagnosis = Diagnosis()
        diagnosis.facts = [Diagnosis.Fact("table", "412 of 262,144 entries")]
        return diagnosis
    }
}
