import FlowModel
import Testing

struct RecentTextsTests {
    @Test func aPlaceIsItsTextsUntilAnotherIsGivenIt() {
        var texts = RecentTexts()
        var owners = [[UInt8]](repeating: [], count: RecentTexts.capacity)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<10_000 {
            let text = Array("rule-\(Int.random(in: 0..<40, using: &generator))".utf8.dropFirst(Int.random(in: 0...7)))
            let (index, isNew) = texts.place(of: text.span)
            #expect(isNew == (owners[index] != text))
            owners[index] = text
        }
    }

    @Test func ofTwoTextsInTurnNeitherIsForgotten() {
        for number in 0..<200 {
            var texts = RecentTexts()
            let pair = [Array("accept:lan".utf8), Array("drop:rule-\(number)".utf8)]
            var newCount = 0
            for turn in 0..<10 {
                let text = pair[turn % 2]
                let isNew = texts.place(of: text.span).isNew
                newCount += isNew ? 1 : 0
            }
            #expect(newCount == 2, "\(number)")
        }
    }
}
