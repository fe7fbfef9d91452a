import FlowModel
import Sessions

/// A session table with a clock that the test turns; the test plays the sources.
final class Monitor {
    /// Where the test's time begins if nothing else is said: 2026-01-05T10:00:00Z.
    static let epoch = Timestamp(seconds: 1_767_607_200, nanoseconds: 0)

    private let epoch: Timestamp
    private(set) var table: SessionTable
    /// Nanoseconds since the test began.
    private(set) var elapsed: UInt64 = 0
    /// Everything told so far.
    private(set) var events: [SessionEvent] = []

    init(epoch: Timestamp = epoch, _ change: (inout SessionTable.Configuration) -> Void = { _ in }) {
        self.epoch = epoch
        var configuration = SessionTable.Configuration()
        configuration.hasNFLog = false  // no end waits for packets, unless that is what the test is about
        change(&configuration)
        table = SessionTable(configuration: configuration, seed: (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210))
    }

    // MARK: Time

    /// Now, by the wall clock.
    var now: Timestamp { Timestamp(nanoseconds: epoch.nanoseconds + Int64(elapsed)) }

    private var time: ReceiveTime { ReceiveTime(wall: now, monotonic: 1_000_000_000_000 + elapsed) }

    /// Lets time pass.
    func wait(seconds: Double) { wait(nanoseconds: UInt64(seconds * 1e9)) }

    func wait(nanoseconds: UInt64) {
        elapsed += nanoseconds
        table.advance(to: time, events: &events)
    }

    /// The sources have ended.
    func finish() { table.finish(at: time, events: &events) }

    // MARK: What sources say

    func take(_ batch: Observation...) { take(ObservationBatch(batch)) }

    func take(_ batch: ObservationBatch) { table.apply(batch, at: time, events: &events) }

    func conntrack(_ kind: ConntrackObservation.Kind, _ entry: ConntrackEntry, helper: NameID = .none) {
        take(.conntrack(ConntrackObservation(kind: kind, entry: entry, helper: helper)))
    }

    /// A packet of 100 bytes, unless `change` says otherwise.
    func packet(_ key: FlowKey, _ change: (inout PacketObservation) -> Void = { _ in }) {
        var packet = PacketObservation(key: key, byteCount: 100)
        change(&packet)
        take(.packet(packet))
    }

    /// A dump with these rows, one batch each.
    func dump(_ rows: [ConntrackEntry], cause: DumpStart.Cause = .periodic, isComplete: Bool = true) {
        take(.dumpBegan(DumpStart(cause: cause)))
        for row in rows { conntrack(.dumpRow, row) }
        take(.dumpEnded(DumpEnd(isComplete: isComplete)))
    }

    func lose(_ count: UInt64?, _ cause: Loss.Cause = .overrun, _ lane: Lane = .conntrack) {
        take(.loss(Loss(lane: lane, cause: cause, count: count)))
    }

    // MARK: What users see

    var sessions: [Session] {
        var sessions: [Session] = []
        var position: UInt32? = 0
        while let start = position { position = table.forEach(at: time.monotonic, from: start) { sessions.append($0) } }
        return sessions
    }

    /// The only session there is.
    var session: Session? { sessions.count == 1 ? sessions[0] : nil }

    var summary: TableSummary { table.completeness }
    var wantedDump: DumpStart.Cause? { table.wantedDump }

    /// What the events so far were, in a word each.
    var told: [String] {
        events.map {
            switch $0.kind {
            case .start: "start"
            case .update: "update"
            case .end(let end): "end by \(end.cause.keyword)"
            case .denied: "denied"
            case .loss: "loss"
            case .resyncBegan: "resync begins"
            case .resync: "resync"
            case .shed: "shed"
            }
        }
    }

    var ends: [(session: Session, end: SessionEnd)] {
        events.compactMap { if case .end(let end) = $0.kind { ($0.session, end) } else { nil } }
    }
    var starts: [Session] { events.compactMap { if case .start = $0.kind { $0.session } else { nil } } }
    var losses: [LossReport] { events.compactMap { if case .loss(let report) = $0.kind { report } else { nil } } }
    var resyncs: [ResyncReport] { events.compactMap { if case .resync(let report) = $0.kind { report } else { nil } } }
}
