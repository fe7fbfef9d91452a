import Doctor
import FlowModel
import Foundation
import Testing

@testable import Reports

struct DiagnosisReportTests {
    private static let diagnosis: Diagnosis = {
        var diagnosis = Diagnosis()
        diagnosis.findings = [
            Finding(
                "accounting-off", "accounting is off, so new sessions have no byte counts",
                .command("sysctl -w net.netfilter.nf_conntrack_acct=1")),
            Finding("group-taken", "NFLOG group 100 is read by process 812 (ulogd)", .advice("choose another group")),
        ]
        diagnosis.unlooked = [Unlooked("the firewall's rules", reason: "CAP_NET_ADMIN is missing", cure: "run as root")]
        diagnosis.facts = [
            Diagnosis.Fact("table", "412 of 262,144 entries"),
            Diagnosis.Fact("clock", "the clock is not synchronised", isNote: true),
        ]
        return diagnosis
    }()

    @Test(arguments: SessionFormat.allCases)
    func aDiagnosisIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        try expectGolden(text(Self.diagnosis, format), "doctor.\(format.rawValue)")
    }

    @Test(arguments: SessionFormat.allCases)
    func aSoundHostIsWrittenAsTheGoldenFileHasIt(format: SessionFormat) throws {
        var diagnosis = Diagnosis()
        diagnosis.facts = [Diagnosis.Fact("table", "412 of 262,144 entries"), Diagnosis.Fact("clock", "synchronised")]
        try expectGolden(text(diagnosis, format), "sound.\(format.rawValue)")
    }

    @Test func inJSONEveryTextComesBackAsItWas() throws {
        var diagnosis = Self.diagnosis
        diagnosis.findings = [Finding("group-unread", "a\u{1b}[31m \"b\"", .command("nft 'a\\b'"))]
        let object = try object(text(diagnosis, .json)[...])
        let finding = try #require((object["findings"] as? [[String: String]])?.first)
        #expect(finding == ["id": "group-unread", "what": "a\u{1b}[31m \"b\"", "command": "nft 'a\\b'"])
        #expect(object["sound"] as? Bool == false)
        #expect((object["unlooked"] as? [[String: String]])?.first?["advice"] == "run as root")
    }

    @Test(arguments: HostileName.allCases)
    func aProcessMayBeCalledAnything(name: HostileName) {
        var diagnosis = Self.diagnosis
        let word = String(decoding: name.bytes, as: UTF8.self)
        diagnosis.findings = [Finding("group-taken", "read by \(word)", .command("kill \(word)"))]
        diagnosis.unlooked = [Unlooked(word, reason: word, cure: word)]
        diagnosis.facts = [Diagnosis.Fact("clock", word, isNote: true)]
        for format in SessionFormat.allCases {
            for line in text(diagnosis, format).split(separator: UInt8(ascii: "\n")) {
                #expect(!name.steersTerminal(line))
            }
        }
    }

    private func text(_ diagnosis: Diagnosis, _ format: SessionFormat) -> [UInt8] {
        var text: [UInt8] = []
        DiagnosisReport(format: format).append(diagnosis, into: &text)
        return text
    }
}
