import FlowModel
import Foundation
import Testing

@testable import Reports

struct StatusReportTests {
    private static let start = Timestamp(nanoseconds: 1_767_607_200_000_000_000)

    private static func after(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: start.nanoseconds + seconds * 1_000_000_000)
    }

    private static let sound: MonitorStatus = {
        var status = MonitorStatus(version: "0.1.0", processID: 4711, startedAt: start, now: after(4260))
        status.sources = ["links", "NFLOG group 100", "conntrack"].map {
            SourceStatus(name: $0, state: .up(since: start))
        }
        status.summary.sessionCount = 12_345
        status.summary.packetSessionCount = 345
        (status.summary.dumpCount, status.summary.completeDumpCount) = (2130, 2128)
        status.summary.lastDumpWasComplete = true
        status.tableLimit = 4_194_304
        status.stream.epoch = "0123456789abcdef"
        (status.stream.nextSequence, status.stream.oldestSequence) = (1_234_567, 1_200_000)
        (status.stream.byteCount, status.stream.byteLimit) = (50_331_648, 67_108_864)
        status.stream.eventsPerSecond = 12.34
        status.stream.readerCount = 3
        status.totals.lastDumpAt = after(4259)
        (status.totals.interval, status.totals.dumpDuration, status.totals.dumpProcessorTime) = (
            2_000_000_000, 84_000_000, 41_000_000
        )
        (status.cost.processorTime, status.cost.residentBytes) = (12_345_000_000, 50_462_720)
        return status
    }()

    private static let troubled: MonitorStatus = {
        var status = sound
        status.sources[1].state = .down(
            since: after(3600),
            reason:
                "bind NFLOG group 100: already taken by process 812 (\u{1b}[31mulogd): stop it, or choose another group with --group",
            retryAt: after(4265))
        status.sources[2].restartCount = 2
        status.sources.append(SourceStatus(name: "NFLOG group 101", state: .off))
        status.summary.downSources = ["NFLOG group 100"]
        status.summary.lostCounts[.conntrack] = 431
        status.summary.lossSpans[.conntrack] = LossSpan(at: after(100))
        status.summary.uncountedLosses = 1
        status.stream.lostByReaders = 7
        status.stream.eventsPerSecond = nil
        status.notes = [
            "accounting is off, so new sessions have no byte counts: sysctl -w net.netfilter.nf_conntrack_acct=1"
        ]
        return status
    }()

    private func text(_ status: MonitorStatus, _ format: SessionFormat) -> [UInt8] {
        var text: [UInt8] = []
        StatusReport(format: format).append(status, into: &text)
        return text
    }

    @Test(arguments: SessionFormat.allCases)
    func aSoundMonitorIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        try expectGolden(text(Self.sound, format), "status.\(format.rawValue)")
    }

    @Test(arguments: SessionFormat.allCases)
    func aTroubledMonitorIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        try expectGolden(text(Self.troubled, format), "status-troubled.\(format.rawValue)")
    }

    @Test
    func inJSONAReasonComesBackAsItWas() throws {
        let object = try JSONSerialization.jsonObject(with: Data(text(Self.troubled, .json))) as? [String: Any]
        let sources = try #require(object?["sources"] as? [[String: Any]])
        #expect((sources[1]["reason"] as? String)?.contains("\u{1b}[31mulogd") == true)
        #expect(sources.map { $0["state"] as? String } == ["up", "down", "up", "off"])
        #expect(object?["down"] as? [String] == ["NFLOG group 100"])
    }

    @Test
    func everyLineOfNDJSONIsAnObjectOfItsKind() throws {
        let lines = text(Self.troubled, .ndjson).split(separator: UInt8(ascii: "\n"))
        let kinds = try lines.map { try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }.map {
            $0?["kind"] as? String
        }
        #expect(kinds == ["source", "source", "source", "source", "monitor"])
    }

    @Test
    func aMonitorThatHasJustBegunDividesByNothing() {
        let status = MonitorStatus(version: "0.1.0", processID: 1, startedAt: Self.start, now: Self.start)
        for format in [SessionFormat.table, .json, .csv, .ndjson] { #expect(!text(status, format).isEmpty) }
    }
}
