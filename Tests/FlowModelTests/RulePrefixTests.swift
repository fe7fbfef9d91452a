import FlowModel
import Testing

struct RulePrefixTests {
    struct Reading: Sendable {
        var prefix: String
        var verdict: Verdict
        var rule: String
    }

    @Test(arguments: [
        Reading(prefix: "drop:ssh-bruteforce", verdict: .drop, rule: "ssh-bruteforce"),
        Reading(prefix: "accept:lan-out", verdict: .accept, rule: "lan-out"),
        Reading(prefix: "reject:smtp", verdict: .reject, rule: "smtp"),
        Reading(prefix: "DROP:ssh", verdict: .drop, rule: "ssh"),
        Reading(prefix: "Accept:  web server  ", verdict: .accept, rule: "web server"),
        Reading(prefix: "web: ", verdict: .unknown, rule: "web:"),
        Reading(prefix: "  ", verdict: .unknown, rule: ""),
        Reading(prefix: "drop: ", verdict: .drop, rule: ""),
        Reading(prefix: "drop:", verdict: .drop, rule: ""),
        Reading(prefix: "drop:a:b", verdict: .drop, rule: "a:b"),
        Reading(prefix: "drop", verdict: .unknown, rule: "drop"),
        Reading(prefix: "dropped:ssh", verdict: .unknown, rule: "dropped:ssh"),
        Reading(prefix: "dr0p:ssh", verdict: .unknown, rule: "dr0p:ssh"),
        Reading(prefix: "access:ssh", verdict: .unknown, rule: "access:ssh"),
        Reading(prefix: "FW: lan", verdict: .unknown, rule: "FW: lan"),
        Reading(prefix: ":ssh", verdict: .unknown, rule: ":ssh"),
        Reading(prefix: " drop:ssh", verdict: .unknown, rule: " drop:ssh"),
        Reading(prefix: "", verdict: .unknown, rule: ""),
    ])
    func theVerdictIsWhatStandsInFrontOfTheColon(_ reading: Reading) {
        let bytes = Array(reading.prefix.utf8)
        let prefix = RulePrefix(bytes.span)
        #expect(prefix.verdict == reading.verdict)
        #expect(String(decoding: bytes[prefix.name], as: UTF8.self) == reading.rule)
    }

    @Test
    func bytesThatAreNoTextAreNoVerdict() {
        for byte in UInt8.min ... .max {
            let bytes = [UInt8](repeating: byte, count: 4) + [UInt8(ascii: ":")]
            let verdict = RulePrefix(bytes.span).verdict
            #expect(verdict == .unknown)
        }
    }

    @Test
    func onlyDropAndRejectAreDenials() {
        #expect(Verdict.drop.isDenial && Verdict.reject.isDenial)
        #expect(!Verdict.accept.isDenial && !Verdict.unknown.isDenial)
    }
}

extension RulePrefixTests.Reading: CustomTestStringConvertible {
    var testDescription: String { "\"\(prefix)\"" }
}
