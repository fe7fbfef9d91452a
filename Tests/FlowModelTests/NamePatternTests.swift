import FlowModel
import Testing

/// Patterns of names, whose answers are found out once.
struct NamePatternTests {
    @Test(arguments: [
        ("lan*", "lan0", true), ("lan*", "lan", true), ("lan*", "wlan0", false), ("*lan", "wlan", true),
        ("*lan", "lan0", false),
        ("*", "x", true), ("l*n*0", "lan10", true), ("a*b*c", "abc", true), ("a*b*c", "acb", false),
        ("a*a", "a", false),
        ("a*a", "aa", true), ("*ab*ab*", "abab", true), ("*ab*ab*", "aab", false), ("**", "x", true),
        ("lan", "lan", true), ("lan", "lan0", false),
        ("a*bc*c", "abcc", true), ("a*bc*c", "abc", false),
    ])
    func aStarStandsForAnything(_ pattern: String, _ name: String, _ isMeant: Bool) {
        let names = NameTable()
        let pattern = NamePattern(pattern, names: names)
        let number = names.number(of: name.utf8)
        #expect(pattern.matches(number) == isMeant)
        #expect(pattern.matches(number) == isMeant, "again, from memory")
    }

    @Test func namesThatComeLaterAreAskedThen() {
        let names = NameTable()
        let pattern = NamePattern("lan*", names: names)
        #expect(!pattern.matches(NameID(rawValue: 2)), "there is no such name yet")
        #expect(!pattern.matches(.none))
        #expect(pattern.matches(names.number(of: "lan7".utf8)))
        #expect(!pattern.matches(names.number(of: "wan7".utf8)))
    }

    @Test func asManyNamesAsThereCanBe() {
        let names = NameTable()
        let pattern = NamePattern("*7", names: names)
        for number in 0..<65_534 {
            let name = names.number(of: String(number).utf8)
            #expect(pattern.matches(name) == (number % 10 == 7))
        }
        #expect(!pattern.matches(names.number(of: "one too many 7".utf8)), "(other) stands for it")
    }
}
