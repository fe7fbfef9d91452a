import FlowModel
import Testing

@testable import Doctor

struct ExaminationTests {
    @Test func aSoundHostHasNoFindingsAndTellsWhatWasLookedAt() {
        let diagnosis = Samples.diagnosis { _ in }
        #expect(diagnosis.findings == [])
        #expect(diagnosis.isSound)
        #expect(diagnosis.facts.map(\.name) == Samples.parts)
        #expect(diagnosis.facts.filter(\.isNote).isEmpty)
    }

    @Test(arguments: Samples.faults)
    func eachFaultAloneIsNamedWithItsCure(fault: Samples.Fault) {
        let findings = Samples.diagnosis(fault.make).findings
        #expect(findings.map(\.name) == [fault.name])
        #expect(findings.first?.cure == fault.cure)
    }

    @Test func aPacketThatWasDroppedForWantOfATupleIsToldOnce() {
        let findings = Samples.diagnosis { facts in
            facts.failures?.during.failedInserts = 3
            facts.failures?.during.drops = 3
        }.findings
        #expect(findings.map(\.name) == ["insert-failed"])
    }

    @Test func failuresBeforeTheLookAreAFactAndNoFinding() {
        let diagnosis = Samples.diagnosis { $0.failures?.before.drops = 1234 }
        #expect(diagnosis.isSound)
        #expect(diagnosis.facts.contains { $0.name == "failures" && $0.sentence.contains("1,234 dropped") })
    }

    @Test func theCommandForAFullTableMakesRoomThatLasts() throws {
        for count in [800, 1000, 1200, 52_429, 262_144, 300_000] {
            let limit = count * 10 / 11
            let finding = try #require(
                Samples.diagnosis { $0.table = TableFill(count: count, limit: limit, limitPlace: .here) }.findings.first
            )
            let new = try #require(finding.cure.text.split(separator: "=").last.flatMap { Int($0) })
            #expect(new > limit && count * 2 <= new)
        }
    }

    @Test func commandsRunInTheNamespaceExceptThoseForSettingsThatItDoesNotHave() {
        func command(_ place: SettingPlace) -> String? {
            var facts = Samples.sound
            facts.table = TableFill(count: 90, limit: 100, limitPlace: place)
            let question = Examination.Question(groups: [100], readsConntrack: true)
            return Examination(facts, question, Shell(namespace: "fw")).diagnosis.findings.first?.cure.text
        }
        let words = "sysctl -w net.netfilter.nf_conntrack_max=65536"
        #expect(command(.there) == "ip netns exec fw \(words)")
        #expect(command(.here) == words)
        #expect(command(.elsewhere) == "on the host itself: \(words)")
    }

    @Test func whatCouldNotBeLookedAtIsNoSoundness() {
        let diagnosis = Samples.diagnosis { $0.unlooked = [Unlooked("the rules", reason: "they hide", cure: "")] }
        #expect(!diagnosis.isSound)
        #expect(diagnosis.findings.isEmpty)
    }

    @Test func withoutKnownRulesNobodyIsSaidToBeUnfedOrUnread() {
        let diagnosis = Samples.diagnosis { facts in
            facts.rules = nil
            facts.groupReaders = [Samples.reader(group: 7)]
        }
        #expect(diagnosis.findings == [])
    }

    @Test func eachLaneIsExaminedOnlyIfItIsRead() {
        var facts = Samples.sound
        for fault in Samples.faults { fault.make(&facts) }
        func names(_ question: Examination.Question) -> Set<String> {
            Set(Examination(facts, question, Shell()).diagnosis.findings.map(\.name))
        }
        let conntrack = names(Examination.Question(groups: [], readsConntrack: true))
        let nflog = names(Examination.Question(groups: [100], readsConntrack: false))
        #expect(conntrack.allSatisfy { !$0.hasPrefix("group-") })
        #expect(nflog.isDisjoint(with: ["accounting-off", "events-off", "table-full", "reliable-listener"]))
    }

    @Test func anNFMonThatReadsTheGroupOrDemandsEveryEndIsNoFault() {
        let nfmon = ProcessName(number: 812, name: "nfmon", port: 812)
        let diagnosis = Samples.diagnosis { facts in
            facts.groupReaders = [GroupReader(group: 100, process: nfmon), GroupReader(group: 7, process: nfmon)]
            facts.reliableListeners = [nfmon]
        }
        #expect(diagnosis.isSound)
        #expect(
            diagnosis.facts.contains {
                $0.name == "groups" && $0.isNote
                    && $0.sentence.hasPrefix("NFLOG group 100 is read by process 812 (nfmon)")
            })
    }

    @Test(arguments: [
        ("nfmon", nil, true), ("tests", "/usr/sbin/nfmon", true), ("nfmon-1.2", "/opt/nfmon-1.2", true),
        ("ulogd", "/usr/sbin/ulogd", false), (nil, nil, false), ("nfmond", "/opt/nfmon/bin/nfmond", false),
    ])
    func anNFMonIsKnownByItsNameItsFilesOrOurs(name: String?, program: String?, isNFMon: Bool) {
        let process = ProcessName(number: 1, name: name, port: 1, program: program, ownProgram: "/opt/nfmon-1.2")
        #expect(process.isNFMon == isNFMon)
        #expect(!ProcessName(number: 1, name: "ulogd", port: 1).isNFMon)
    }

    @Test func aRuleThatAlsoDecidesIsToBeReplacedAndNeverDeleted() {
        func deciding(_ handle: String) -> LogRule {
            LogRule(group: 9, family: "inet", table: "guard", chain: "in", handle: handle, onlyLogs: false)
        }
        func finding(_ rules: [LogRule]) -> Finding? {
            Samples.diagnosis { $0.rules?.append(contentsOf: rules) }.findings.first
        }
        #expect(
            finding([deciding("2")])?.sentence == "a rule in inet guard in logs to NFLOG group 9, which nobody reads")
        #expect(
            finding([deciding("2")])?.cure
                == .advice(
                    "have nfmon read it with --group 9, or replace inet guard in handle 2 without its log statement: it does "
                        + "more than log, so do not delete it"))
        // One that may be deleted does not make a command of it.
        #expect(
            finding([Samples.rule(group: 9), deciding("2"), deciding("3"), deciding("3")])?.cure
                == .advice(
                    "have nfmon read it with --group 9, or replace inet guard in handle 2, inet guard in handle 3 without their "
                        + "log statements: they do more than log, so do not delete them"))
    }

    @Test func aProcessWhoseNumberIsNotKnownIsNotToBeKilled() {
        let hidden = ProcessName(number: nil, name: nil, port: 812)
        let findings = Samples.diagnosis { $0.groupReaders = [GroupReader(group: 100, process: hidden)] }.findings
        #expect(findings.first?.sentence.contains("netlink port 812") == true)
        #expect(findings.first?.cure == .advice("choose another group with --group, and feed that"))
    }

    @Test func rulesThatOnlyNFTKnowsAreNotDeniedWithoutNFT() {
        let findings = Samples.diagnosis { facts in
            facts.rules = []
            facts.ruleTools = ["iptables-legacy", "ip6tables-legacy"]
        }.findings
        #expect(
            findings.first?.sentence.hasPrefix(
                "no rule that iptables-legacy or ip6tables-legacy knows of logs to NFLOG group 100") == true)
    }

    @Test func rulesOfOneGroupAreOneFindingAndManyOfThemNoCommand() {
        func cure(ruleCount: Int) -> Cure? {
            let findings = Samples.diagnosis { facts in
                for _ in 0..<ruleCount { facts.rules?.append(Samples.rule(group: 5)) }
            }.findings
            return findings.count == 1 ? findings[0].cure : nil
        }
        let deletion = "nft delete rule ip filter INPUT handle 4"
        #expect(cure(ruleCount: 2) == .command("\(deletion) && \(deletion)"))
        #expect(cure(ruleCount: 50) == .advice("the firewall's own tool shows their texts"))
    }

    @Test func aTextThatCannotBeShownIsNoCommand() {
        let rule = LogRule(
            group: 5, family: "ip", table: "filter", chain: "INPUT",
            deletion: ["iptables", "-D", "INPUT", "--nflog-prefix", "a\u{1b}[31m"])
        let findings = Samples.diagnosis { $0.rules?.append(rule) }.findings
        #expect(findings.map(\.name) == ["group-unread"])
        guard case .advice = findings.first?.cure else {
            Issue.record("a command")
            return
        }
    }
}
