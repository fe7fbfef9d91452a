import FlowModel
import Testing

@testable import Comparison

struct BridgeComparisonTests {
    /// Both captured interfaces are ports of a bridge.
    private func facts(
        _ setting: BridgeSetting, _ rules: [PlacedRule] = [], calling families: Set<AddressFamily> = []
    ) -> ComparisonFacts {
        someFacts {
            $0.ownAddresses = LocalAddresses(
                [IPAddress(ipv4: 0x0a00_0001)], of: [9],
                stack: InterfaceStack([
                    9: .init(.bridge, callsFirewall: families), SessionBuilder.client: .init(.other, master: 9),
                    SessionBuilder.server: .init(.other, master: 9),
                ]))
            $0.bridgeSettings = [.ipv4: setting, .ipv6: .isOn]
            $0.failures = ConntrackFailures()
            $0.rules = watched(rules)
        }
    }

    @Test func whatABridgeForwardsPastConntrackIsUntrackedByItsSetting() {
        for setting in [BridgeSetting.isOff, .isAbsent] {
            let result = compare(facts(setting)) { $0.tracked = nil }
            #expect(result.reasons == [.untracked: 18])
            #expect(result.sessions.allSatisfy { $0.differences.allSatisfy { $0.isCertain == (setting == .isOff) } })
            #expect(result.evidence.contains("what the bridge forwards conntrack does not see"))
        }
        let on = compare(facts(.isOn)) { $0.tracked = nil }
        #expect(!on.evidence.contains("bridge"))
        #expect(!compare(facts(.isOff, calling: [.ipv4])) { $0.tracked = nil }.evidence.contains("bridge"))
    }

    @Test func whatDoesNotLeaveABridgeMayHaveBeenForTheHost() {
        let result = compare(facts(.isOff)) { ($0.tracked, $0.first, $0.second) = (nil, (5, 0), nil) }
        #expect(result.reasons == [.untracked: 5])
        #expect(result.sessions.allSatisfy { $0.differences.allSatisfy { !$0.isCertain } })
    }

    @Test func aRuleThatABridgeMayPassByIsNotCertain() {
        let rules = [rule(.drop, growth: 5)]
        for (setting, isCertain) in [(BridgeSetting.isOff, false), (.isOn, true)] {
            let result = compare(facts(setting, rules)) { ($0.tracked, $0.first, $0.second) = (nil, (5, 0), nil) }
            #expect(result.reasons == [.denied: 5])
            #expect(result.sessions.first?.differences.first?.isCertain == isCertain)
        }
    }

    @Test func whatLeavesByNoPortOfTheBridgeWasRouted() {
        var facts = facts(.isOff)
        facts.ownAddresses = LocalAddresses(
            [], of: [9],
            stack: InterfaceStack([9: .init(.bridge), SessionBuilder.client: .init(.other, master: 9)]))
        #expect(!compare(facts) { $0.tracked = nil }.evidence.contains("bridge"))
    }
}
