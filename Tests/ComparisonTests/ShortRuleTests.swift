import Comparison
import FlowModel
import Testing
import Wire

/// Rules that surely mean packets, and counted fewer than sessions lack.
struct ShortRuleTests {
    /// Sessions from ports 1, 2, … of which so many packets came in and none left, and how many of those the host answered with errors.
    private static func outcome(
        _ rules: [PlacedRule], _ sessions: [(lacking: UInt64, errors: UInt32)],
        facts change: (inout ComparisonFacts) -> Void = { _ in }
    ) -> ComparisonOutcome {
        let facts = someFacts {
            $0.rules = watched(rules)
            $0.route = { _ in .interface(SessionBuilder.server) }
            change(&$0)
        }
        var comparison = Comparison(facts, names: someNames())
        for (place, session) in sessions.enumerated() {
            var builder = SessionBuilder()
            builder.key.sourcePort = UInt16(place + 1)
            (builder.tracked, builder.first, builder.second) = (nil, (session.lacking, 0), nil)
            var compared = builder.compared
            compared.session.taps.first?.original.errorCount = session.errors
            comparison.add(compared)
        }
        return comparison.conclude()
    }

    @Test func whatTheHostAnsweredItselfARuleDidNotDrop() {
        let drop = [rule(.drop, port: 443, growth: 5)]
        for sessions: [(UInt64, UInt32)] in [[(2, 2), (5, 0)], [(5, 0), (2, 2)]] {
            let result = Self.outcome(drop, sessions)
            #expect(result.reasons == [.droppedAfterConntrack: 2, .denied: 5])
            for session in result.sessions {
                let isAnswered = session.session.taps.first?.original.errorCount == 2
                #expect(session.reasons == [isAnswered ? .droppedAfterConntrack : .denied])
                #expect(session.differences.map(\.isCertain) == [!isAnswered])
            }
        }
        // Of one session some each.
        #expect(Self.outcome(drop, [(8, 3)]).reasons == [.droppedAfterConntrack: 3, .denied: 5])
    }

    @Test func whatARuleMayHaveRejectedItAnswered() {
        let reject = [rule(.reject, port: 443, growth: 5)]
        let result = Self.outcome(reject, [(5, 5)])
        #expect(result.reasons == [.denied: 5])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
        let both = [rule(.reject, port: 443, conditions: ["set"], growth: 5), rule(.drop, port: 443, growth: 5)]
        #expect(Self.outcome(both, [(5, 5)]).reasons[.denied] == 5)
        // Where one interface is captured somebody behind the next one may have.
        let one = Self.outcome([rule(.drop, port: 443, growth: 5)], [(5, 5)]) {
            $0.interfaces = [SessionBuilder.client]
        }
        #expect(one.reasons == [.denied: 5])
    }

    @Test func whatSomebodyBehindAnUncapturedInterfaceMayHaveAnsweredARuleMayHaveDropped() {
        let other: InterfaceIndex = 9
        let result = Self.outcome([rule(.drop, port: 443, growth: 5)], [(5, 5)]) {
            $0.route = { _ in .interface(other) }
        }
        #expect(result.reasons == [.denied: 5])
        let unruled = Self.outcome([], [(5, 5)]) { $0.route = { _ in .interface(other) } }
        #expect(unruled.reasons == [.droppedAfterConntrack: 5])
        #expect(unruled.evidence.contains("by the firewall itself or behind an interface that is not captured"))
    }

    @Test func whatARuleKeptFromConntrackAPortWithoutListenersAnswersToo() {
        let untrack = rule(.untrack, at: HookPlace(.prerouting, -300), port: 443, growth: 5)
        let result = Self.outcome([untrack], [(5, 5)]) { $0.route = { _ in .host } }
        #expect(result.reasons == [.untracked: 5])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
    }

    @Test func whoseARuleTookWhereSessionsLackMoreThanItCountedNobodyCanTell() {
        let result = Self.outcome([rule(.drop, port: 443, growth: 5)], [(5, 0), (5, 0)])
        #expect(result.reasons == [.denied: 5, .unexplained: 5])
        #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.reason == .unexplained || !$0.isCertain })
        let sentence = "rule ip filter FORWARD: some rule means these packets, and its counter rose by 5"
        #expect(result.evidence.contains("\(sentence): fewer than are missing from all sessions that it means"))
        #expect(result.evidence.contains("\(sentence): all of those may be other sessions'"))
        #expect(result.summary.ruleUses.map(\.packetCount) == [5])
        // Of one that lacks more than is left both are told.
        let part = Self.outcome([rule(.drop, port: 443, growth: 7)], [(5, 0), (5, 0)])
        #expect(part.reasons == [.denied: 7, .unexplained: 3])
        #expect(part.evidence.contains("all of those may be other sessions'"))
    }

    @Test func whereOneSessionLacksMoreThanARuleCountedThatIsThatOnes() {
        let result = Self.outcome([rule(.drop, port: 443, growth: 5)], [(8, 0)])
        #expect(result.reasons == [.denied: 5, .unexplained: 3])
        #expect(result.sessions.flatMap(\.differences).first { $0.reason == .denied }?.isCertain == true)
        let enough = Self.outcome([rule(.drop, port: 443, growth: 10)], [(5, 0), (5, 0)])
        #expect(enough.sessions.flatMap(\.differences).allSatisfy { $0.isCertain })
    }
}
