import Testing

@testable import Server

/// The memory that great answers may take together.
struct AnswerRoomTests {
    private let room = AnswerRoom(limit: 256 << 20)

    @Test func oneGreatAnswerAloneAlwaysHasRoomAndTheNextIsRefusedBeforeItIsMade() throws {
        try room.take(2 << 30)
        #expect(throws: Problem.self) { try room.take(2 << 30) }
        room.giveBack(2 << 30)
        try room.take(2 << 30)
    }

    @Test func whatAnAnswerDoesNotNeedIsGivenBack() throws {
        try room.take(2 << 30)
        room.change(from: 2 << 30, to: 100 << 20)
        try room.take(100 << 20)
        #expect(throws: Problem.self) { try room.take(100 << 20) }
    }

    @Test func shortAnswersAreNeverRefusedAndKeepNoGreatOneAway() throws {
        try room.take(1000)
        try room.take(2 << 30)
        try room.take(1000)
        room.change(from: 0, to: 1000)
    }
}
