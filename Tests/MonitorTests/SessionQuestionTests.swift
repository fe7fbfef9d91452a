import FlowModel
import Ingest
import Monitor
import Query
import Reports
import Sessions
import Testing

/// A question to a table of more places than are looked at at once.
struct SessionQuestionTests {
    @Test
    func everySessionIsInTheAnswerOnceHoweverManyThereAre() throws {
        let town = Town()
        town.begin(0..<40_000)
        town.end(7_000..<9_000)
        let question = try SessionQuestion(names: town.names)
        let answer = question.answer(from: town.store, town.names, at: .now, seed: (1, 2))
        #expect(answer.sessions.count == 38_000)
        #expect(Set(answer.sessions.map(\.record.id)).count == 38_000)
        #expect(answer.summary.sessionCount == 38_000)
    }

    @Test
    func whatIsNeitherMeantNorNotIsCountedInEveryPart() throws {
        let town = Town()
        town.begin(0..<40_000)
        // Conntrack's events carry no bytes.
        let question = try SessionQuestion(filter: "dport 443 and bytes > 1", names: town.names)
        let answer = question.answer(from: town.store, town.names, at: .now, seed: (1, 2))
        #expect(answer.sessions.isEmpty)
        #expect(answer.unjudgedCount == 20_000)
    }

    @Test
    func groupsAddUpOverAllParts() throws {
        let town = Town()
        town.begin(0..<40_000)
        let question = try SessionQuestion(by: "dport", names: town.names)
        let groups = question.answer(from: town.store, town.names, at: .now, seed: (1, 2)).groups
        #expect(groups?.totals.sessionCount == 40_000)
        #expect(groups?.groupCount == 2)
    }
}
