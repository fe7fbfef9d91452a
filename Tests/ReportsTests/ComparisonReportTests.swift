import Comparison
import FlowModel
import Foundation
import Testing

@testable import Reports

struct ComparisonReportTests {
    private static let samples = Samples()

    /// Sessions of which conntrack, NFLOG and a capture tell different amounts.
    private static func result(ruleText: String = "-p tcp -m tcp --dport 443 -j DROP", cleanly: Bool = false)
        -> ComparisonOutcome
    {
        var facts = ComparisonFacts(
            start: Samples.before(now: 10_000_000_000), end: Samples.now, lanes: [.conntrack, .nflog, .packet])
        facts.interfaces = [2, 3]
        facts.accountingIsOn = true
        facts.groups = [100]
        facts.costs = [
            PathCost(lane: .conntrack, processorTime: 12_000_000, bufferBytes: 64 << 20),
            PathCost(lane: .nflog, processorTime: 3_000_000, bufferBytes: 32 << 20),
            PathCost(lane: .packet, processorTime: 45_678_901, bufferBytes: 64 << 20),
        ]
        facts.residentBytes = 181_000_000
        facts.interruptTime = 320_000_000
        var drop = FirewallRule(
            name: "drop", match: RuleMatch(tests: [RuleMatch.Test(.destinationPort([443...443]))]), verdict: .drop,
            counters: Counters(packetCount: 3, byteCount: 300), text: ruleText)
        var log = FirewallRule(
            name: "log", match: RuleMatch(conditions: ["limit --limit 5/sec"]), effects: [.log(group: 100)],
            counters: Counters(packetCount: 1, byteCount: 100),
            text: "-m limit --limit 5/sec -j NFLOG --nflog-group 100")
        let before = ruleset(drop, log)
        drop.counters = Counters(packetCount: 7, byteCount: 700)
        log.counters = Counters(packetCount: 11, byteCount: 1100)
        facts.rules = WatchedRuleset(before: before, after: ruleset(drop, log))
        if cleanly {
            facts.lanes = [.conntrack, .packet]
        } else {
            facts.filteredCount = 2
            (facts.foreignCount, facts.evictedCount, facts.untoldCount) = (3, 4, 5)
            facts.spans = [.packet: facts.start...facts.end]
            facts.failures = ConntrackFailures()
            facts.notes = ["a note \u{1b}[31m"]
            facts.unlooked = [Unlooked("the legacy rules", reason: "not installed", cure: "apt-get install iptables")]
        }
        var comparison = Comparison(facts, names: samples.names)
        comparison.add(ComparedSession(session(extra: cleanly ? 0 : 4)))
        if !cleanly {
            var unseen = session(extra: 0)
            unseen.taps = Taps()
            unseen.record.original.sourcePort = 4000
            unseen.record.reply.destinationPort = 4000
            comparison.add(ComparedSession(unseen))
        }
        return comparison.conclude()
    }

    /// A rule of raw and one of filter.
    private static func ruleset(_ raw: FirewallRule, _ filter: FirewallRule) -> FirewallRuleset {
        func table(_ name: String, _ chain: String, _ place: HookPlace, _ rule: FirewallRule) -> FirewallTable {
            var table = FirewallTable(family: "ip", name: name)
            table.chains = [FirewallChain(chain, at: place)]
            table.chains[0].rules = [rule]
            return table
        }
        return FirewallRuleset([
            table("raw", "PREROUTING", HookPlace(.prerouting, -300), raw),
            table("filter", "FORWARD", HookPlace(.forward, 0), filter),
        ])
    }

    /// The complete sample with what a capture saw of it, so many packets of 100 bytes more than conntrack.
    private static func session(extra: UInt64) -> Session {
        var session = samples.complete
        func frames(_ counters: Counters) -> FrameCounts {
            var frames = FrameCounts()
            (frames.seen, frames.whole, frames.wire) = (counters, counters, counters)
            (frames.first, frames.last) = (Samples.before(now: 8_000_000_000), Samples.before(now: 5_000_000_000))
            return frames
        }
        let counters = session.record.counters
        var lan = TapLane(tap: Tap(interface: 2, direction: .ingress))
        lan.original = frames(counters.original + Counters(packetCount: extra, byteCount: extra * 100))
        lan.reply = frames(counters.reply)
        var wan = TapLane(tap: Tap(interface: 3, direction: .egress))
        wan.original = frames(counters.original)
        wan.reply = frames(counters.reply)
        session.taps.append(lan)
        session.taps.append(wan)
        session.record.facts.insert(.ended)
        return session
    }

    @Test(arguments: SessionFormat.allCases)
    func aComparisonIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        try expectGolden(Self.text(Self.result(), format), "compare.\(format.rawValue)")
    }

    @Test func lanesThatAgreeAreOneLineAndTheirCosts() throws {
        try expectGolden(Self.text(Self.result(cleanly: true), .table), "compare-equal.table")
    }

    @Test func aLaneThatCouldNotReadSomethingIsNotSaidToHaveLostNothing() {
        var result = Self.result(cleanly: true)
        result.facts.malformedCounts.packet = 7
        result.facts.uncountedCounts.conntrack = 1
        let text = String(decoding: Self.text(result, .table), as: UTF8.self)
        #expect(text.contains(" of buffer, could not read 7\n"))
        #expect(text.contains(" of buffer, lost an unknown number\n"))
        #expect(!text.contains("lost nothing"))
    }

    @Test func aLimitLeavesOutSessionsAndSaysSo() {
        var text: [UInt8] = []
        ComparisonReport(format: .table, limit: 1).append(Self.result(), into: &text)
        #expect(String(decoding: text, as: UTF8.self).contains("and 1 more session that differs ("))
    }

    @Test func ofManySessionsSomeOfEachReasonAreShown() {
        func session(_ reason: DifferenceReason) -> ComparedSession {
            var session = ComparedSession(Self.samples.complete)
            session.differences = [
                Difference(reason, .original, more: .captureIn, fewer: .conntrack, packetCount: 1, evidence: [])
            ]
            return session
        }
        let all =
            [DifferenceReason.unexplained, .unexplained].map(session)
            + (0..<1200).map { _ in session(.denied) } + (0..<30).map { _ in session(.sampled) }
        let page = ComparisonPage(all, limit: 40)
        let shown = page.sessions.map(\.mainReason)
        #expect(shown.count == 40)
        #expect(Set(shown.prefix(2)) == [.unexplained])
        #expect(shown.filter { $0 == .denied }.count == 19)
        #expect(shown.filter { $0 == .sampled }.count == 19)
        var text: [UInt8] = []
        page.appendRest(to: &text)
        let words = "and 1,192 more sessions that differ (1,181 denied, 11 sampled): -n shows them\n"
        #expect(String(decoding: text, as: UTF8.self) == words)
        #expect(ComparisonPage(all, limit: nil).sessions.count == all.count)
        #expect(ComparisonPage(all, limit: 1).sessions.map(\.mainReason) == [.unexplained])
    }

    @Test func sessionsThatDifferAlikeAreExplainedOnce() {
        var result = Self.result()
        let (first, other) = (result.sessions[0], result.sessions[1])
        result.sessions = [first, first, first, other]
        let lines = String(decoding: Self.text(result, .table), as: UTF8.self).split(separator: "\n")
        #expect(lines.filter { $0 == "  each of these 3:" }.count == 1)
        let single = String(decoding: Self.text(Self.result(), .table), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == single.count + 3)
    }

    @Test func inJSONAndNDJSONEveryLineIsValidAndEveryTextComesBack() throws {
        let hostile = "a\u{1b}[31m \"b\" \\ \u{202e}"
        let result = Self.result(ruleText: hostile)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(Self.text(result, .json))) as? [String: Any])
        let summary = try #require(object["summary"] as? [String: Any])
        #expect(summary["differing"] as? Int == 2)
        let rules = try #require(summary["rules"] as? [[String: Any]])
        #expect(rules.first?["rule"] as? String == "ip raw PREROUTING: \(hostile)")
        let lines = Self.text(result, .ndjson).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 2)
        for line in lines {
            let object = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            #expect(object["differences"] is [[String: Any]])
        }
    }

    @Test(arguments: HostileName.allCases)
    func aRuleMaySayAnything(name: HostileName) {
        let result = Self.result(ruleText: String(decoding: name.bytes, as: UTF8.self))
        for format in SessionFormat.allCases {
            for line in Self.text(result, format).split(separator: UInt8(ascii: "\n")) {
                #expect(!name.steersTerminal(line))
            }
        }
    }

    private static func text(_ result: ComparisonOutcome, _ format: SessionFormat) -> [UInt8] {
        var text: [UInt8] = []
        ComparisonReport(format: format).append(result, into: &text)
        return text
    }
}
