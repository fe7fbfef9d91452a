import FlowModel
import Query
import Testing

@testable import Ingest

/// A stream with a filter is that part of the stream without, whatever the kernel leaves out on the way.
struct FilteredReplayTests {
    static let filters = [
        "tcp", "udp or ip6", "not tcp", "dst port 443", "sport < 1027", "host 10.0.0.7", "natsrc 192.0.2.1",
        "natdst 10.0.0.80",
        "zone = 5", "zone = 0 and tcp", "mark = 2", "mark != 0", "mark = 0 and udp", "mark = 1/1 or icmp",
        "status = assured",
        "state = established", "bytes > 1000", "tcp and (mark = 3 or bytes > 500) and not port 1025", "port > 60000",
    ]

    @Test(arguments: filters)
    func theStreamWithAFilterIsThatPartOfTheStreamWithout(_ text: String) throws {
        let filter = try SessionFilter(parsing: text, names: NameTable())
        for seed in 1...ReplayTests.planCount {
            let plan = Plan(seed: seed, mix: FaultMix.all[0])
            guard !Self.isPart(plan, filter) else { continue }
            let least = plan.shrunk { !Self.isPart($0, filter) }
            Issue.record("\(Self.streams(least, filter))\n\(least)")
            return
        }
    }

    private static func isPart(_ plan: Plan, _ filter: SessionFilter) -> Bool {
        let (whole, part) = streams(plan, filter)
        return whole == part
    }

    /// What passes of the stream without the filter, and the stream with it.
    private static func streams(_ plan: Plan, _ filter: SessionFilter) -> (whole: [String], part: [String]) {
        let tape = ModelKernel.tape(of: plan.steps, seed: plan.seed)
        let whole = Replay(tape, faults: plan.faults).monitor.events.filter {
            $0.session.record.id.rawValue != 0 && filter.admits($0.session, interfaces: [:], now: $0.time)
        }
        let part = Replay(tape, faults: plan.faults, filter: filter).monitor.events
        return (whole.map(line).sorted(), part.filter { $0.session.record.id.rawValue != 0 }.map(line).sorted())
    }

    private static func line(_ event: SessionEvent) -> String {
        let record = event.session.record
        let counters = event.session.conntrackCounters.map { "\($0)" } ?? "-"
        // That another session has its tuple tells of an end sooner, if that one is asked for, too.
        if case .end(let end) = event.kind, end.cause == .inferred { return "inferred end of \(record.id.rawValue)" }
        return "\(event.kind) \(record.id.rawValue) mark \(record.mark) \(record.status.rawValue) \(counters)"
    }
}
