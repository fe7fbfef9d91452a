import FlowModel
import Foundation
import Testing

@testable import Reports

struct MetricsReportTests {
    private let samples = Samples()

    private func text(_ format: MetricsFormat, _ figures: MonitorFigures) -> String {
        String(decoding: MetricsReport(format: format).text(figures), as: UTF8.self)
    }

    @Test(arguments: MetricsFormat.allCases)
    func everyMetricIsWrittenAsTheGoldenFileHasIt(format: MetricsFormat) throws {
        try expectGolden(MetricsReport(format: format).text(samples.figures), "metrics.\(format.rawValue.lowercased())")
    }

    @Test func everyMetricHasASampleOnceAllIsKnown() {
        let text = text(.prometheus, samples.figures)
        for family in MetricFamily.all { #expect(text.contains("\n# TYPE \(family.sampleName) ")) }
        #expect(Set(MetricFamily.all.map(\.name)).count == MetricFamily.all.count)
    }

    @Test func whatIsNotKnownIsAbsent() {
        let status = MonitorStatus(version: "1", processID: 1, startedAt: Samples.now, now: Samples.now)
        let figures = MonitorFigures(
            status: status, table: TableFigures(), census: SessionCensus(), fill: nil, names: samples.names)
        let text = text(.openMetrics, figures)
        for name in ["latency", "conntrack_entries", "last_dump", "dump_interval", "source_up", "session_bytes"] {
            #expect(!text.contains("nfmon_\(name)"))
        }
        #expect(text.hasSuffix("\n# EOF\n"))
    }

    @Test func namesOfMetricsEndInTheirUnits() {
        for family in MetricFamily.all {
            if let unit = family.unit { #expect(family.name.hasSuffix("_" + unit)) }
            #expect(family.name.wholeMatch(of: /nfmon(_[a-z]+)+/) != nil)
            #expect(family.help.hasSuffix(".") && !family.help.contains("\n") && !family.help.contains("\\"))
        }
    }

    @Test(arguments: HostileName.allCases)
    func hostileNamesStayWithinTheirLabel(name: HostileName) {
        let samples = Samples(rule: name.bytes, interface: name.bytes)
        let lines = text(.openMetrics, samples.figures).split(separator: "\n", omittingEmptySubsequences: false)
        let sample =
            /nfmon(_[a-z]+)+(\{[a-z]+="([^"\\]|\\\\|\\")*"(,[a-z]+="([^"\\]|\\\\|\\")*")*\})? [0-9]+(\.[0-9]+)?/
        for line in lines where !line.hasPrefix("#") && !line.isEmpty {
            #expect(line.wholeMatch(of: sample) != nil, "\(line)")
            #expect(!name.steersTerminal(Array(line.utf8)[...]))
        }
    }

    @Test func namesThatLookAlikeStayTwoAndOnesThatAreAlikeBecomeOne() {
        func series(_ rules: [NameID]) -> [Substring] {
            var figures = samples.figures
            figures.table.loggedTraffic = rules.map {
                TrafficSeries(key: TrafficKey(rule: $0), counters: Counters(packetCount: 2, byteCount: 80))
            }
            figures.names = samples.names
            return text(.prometheus, figures).split(separator: "\n").filter {
                $0.hasPrefix("nfmon_logged_packets_total{")
            }
        }
        let byte = samples.table.number(of: [UInt8(ascii: "a"), 0xff])
        let word = samples.table.number(of: #"a\xff"#.utf8)
        let other = samples.table.number(of: "(other)".utf8)
        #expect(series([byte, word]).count == 2)
        #expect(
            series([other, .overflow])
                == [#"nfmon_logged_packets_total{ingress="",egress="",rule="(other)",verdict=""} 4"#])
    }

    @Test(arguments: [
        (nil, MetricsFormat.prometheus), ("", .prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
        ("application/json", .prometheus), ("application/openmetrics-text", .openMetrics),
        ("application/openmetrics-text; version=1.0.0", .openMetrics),
        ("application/openmetrics-text;version=7.0.0", .prometheus),
        ("application/openmetrics-text;q=0.2,text/plain;q=0.5", .prometheus),
        ("application/openmetrics-text;q=zero", .prometheus), (";;;,,q=;", .prometheus),
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            .openMetrics
        ),
    ])
    func theFormatIsTheOneThatTheClientWantsMost(accept: String?, format: MetricsFormat) {
        #expect(MetricsFormat(accept: accept) == format)
    }

    /// The README's table is what operators write queries by.
    @Test func theReadmeListsEveryMetricWithItsLabels() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let rows = readme.split(separator: "\n").filter { $0.hasPrefix("| `nfmon_") }
        let listed = rows.map { $0.split(separator: "|").prefix(2).map { $0.trimming(" ") } }
        let expected = MetricFamily.all.map { family in
            ["`\(family.sampleName)`", family.labels.map { "`\($0)`" }.joined(separator: " ")]
        }
        for row in expected { #expect(listed.contains(row), "\(row)") }
        for row in listed { #expect(expected.contains(row), "\(row)") }
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> String {
        String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
    }
}
