import FlowModel
import Testing

@testable import Monitor

struct StallWatchTests {
    private static let second: UInt64 = 1_000_000_000

    /// A watch that looks every two seconds at some loops, of which those that are named come round in between.
    private struct Scene {
        private var watch = StallWatch()
        private var now = 1000 * second
        var loops = ["reader", "stream"].map { WatchedLoop(name: $0, turns: TurnCounter()) }

        /// Those that stand still in the end.
        mutating func look(_ count: Int = 1, every pause: UInt64 = 2 * second, turning: [String]) -> [String] {
            var stuck: [String] = []
            for _ in 0..<count {
                for loop in loops where turning.contains(loop.name) { loop.turns.add() }
                now += pause
                stuck = watch.look(at: loops, now: now).map(\.name)
            }
            return stuck
        }
    }

    @Test
    func whoComesRoundDoesNotStandStill() {
        var scene = Scene()
        #expect(scene.look(100, turning: ["reader", "stream"]) == [])
    }

    @Test
    func whoDoesNotComeRoundForFiveSecondsStandsStillUntilItDoes() {
        var scene = Scene()
        #expect(scene.look(turning: ["reader", "stream"]) == [])
        #expect(scene.look(2, turning: ["stream"]) == [])
        #expect(scene.look(turning: ["stream"]) == ["reader"])
        #expect(scene.look(turning: ["stream"]) == ["reader"])
        #expect(scene.look(turning: ["reader", "stream"]) == [])
    }

    @Test
    func whereNobodyLookedNoLoopIsToBlame() {
        var scene = Scene()
        #expect(scene.look(2, turning: ["reader", "stream"]) == [])
        #expect(scene.look(every: 3600 * Self.second, turning: []) == [], "the process was stopped as a whole")
        #expect(scene.look(100, every: 1000, turning: []) == [], "they are not quicker than that")
        #expect(scene.look(2, turning: ["stream"]) == ["reader"])
    }

    @Test
    func aLoopThatIsNewHasItsTimeAndOneThatIsGoneIsForgotten() {
        var scene = Scene()
        #expect(scene.look(4, turning: ["stream"]) == ["reader"])
        scene.loops[0] = WatchedLoop(name: "reader", turns: TurnCounter())
        #expect(scene.look(3, turning: ["stream"]) == [])
        #expect(scene.look(turning: ["stream"]) == ["reader"])
        scene.loops.removeFirst()
        #expect(scene.look(turning: ["stream"]) == [])
    }
}
