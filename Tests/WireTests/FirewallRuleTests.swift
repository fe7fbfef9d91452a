import FlowModel
import Testing

@testable import Wire

/// What holds of either tool's rules.
struct FirewallRuleTests {
    @Test func aPolicyThatDropsIsTheChainsLastRule() throws {
        let tables = RuleSamples.tables()
        let policies = RuleSamples.rules(tables).filter(\.isPolicy)
        #expect(policies.count == 1)
        let input = try RuleSamples.chain(tables, "INPUT")
        #expect(input.rules.last?.counters == Counters(packetCount: 7, byteCount: 420))
        // Of nf_tables' the kernel says which there are.
        let nft = SavedRuleset(RuleSamples.saved, family: "ip", command: "iptables-nft", isLegacy: false).tables
        #expect(RuleSamples.rules(nft).filter(\.isPolicy).map(\.counters) == [nil])
        let twins = RuleSamples.rules(tables).filter { $0.text.contains("192.0.2.9") }
        #expect(Set(twins.map(\.name)).count == 2)
        let listed = NFTRuleset(RuleSamples.listing).tables
        let forward = try RuleSamples.chain(listed, "fwd1")
        #expect(forward.rules.last?.isPolicy == true)
        #expect(RuleSamples.rules(listed).filter(\.isPolicy).count == 1)
    }

    @Test func noTextEndsTheProcess() {
        var generator = SeededGenerator(seed: 6)
        for text in [RuleSamples.saved, RuleSamples.listing] {
            let bytes = Array(text.utf8)
            for _ in 0..<300 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...12, using: &generator) {
                    let place = Int.random(in: 0..<changed.count, using: &generator)
                    switch Int.random(in: 0..<3, using: &generator) {
                    case 0: changed[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: changed.removeSubrange(place..<min(changed.count, place + 9))
                    default: changed.insert(contentsOf: "{ } ! - \" @".utf8, at: place)
                    }
                }
                let text = String(decoding: changed, as: UTF8.self)
                let tables =
                    NFTRuleset(text, maps: [text]).tables
                    + SavedRuleset(text, family: "ip6", command: "ip6tables", isLegacy: true).tables
                #expect(tables.flatMap(\.logRules).allSatisfy { $0.deletion.isEmpty || $0.onlyLogs })
            }
        }
    }
}
