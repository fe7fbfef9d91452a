import Comparison
import FlowModel
import Testing

/// Rules that have conntrack keep the ends of sessions to itself.
struct HiddenEndTests {
    private func facts(_ port: UInt16, growth: UInt64) -> ComparisonFacts {
        let place = HookPlace(.prerouting, -300)
        var hiding = rule(.accept, at: place, port: port, growth: growth, text: "CT --ctevents mark")
        (hiding.rule.verdict, hiding.rule.effects) = (nil, [.limitEvents])
        return someFacts {
            $0.rules = watched([hiding])
            $0.failures = ConntrackFailures()
        }
    }

    @Test func aSessionWhoseEndARuleHidesIsNotCalledUntracked() {
        let result = compare(facts(443, growth: 10)) { $0.tracked = nil }
        #expect(result.reasons == [.eventsOff: 18])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(result.evidence.contains("CT --ctevents mark means these packets"))
    }

    @Test func whatLeftWithTheHostsOwnAddressTheRuleMayHaveMeantBefore() {
        for port: UInt16 in [443, 53] {
            let result = compare(facts(port, growth: 10)) {
                $0.key.source = IPAddress(ipv4: 0xc000_0201)
                ($0.tracked, $0.first, $0.second) = (nil, nil, (7, 0))
            }
            #expect(result.reasons[.eventsOff] == (port == 443 ? 7 : nil))
            #expect(result.evidence.contains("may mean these packets") == (port == 443))
        }
    }

    @Test func aRuleThatMeansOthersOrNobodyHidesNothing() {
        for facts in [facts(53, growth: 10), facts(443, growth: 0)] {
            #expect(compare(facts) { $0.tracked = nil }.reasons == [.untracked: 18])
        }
    }
}
