import Testing

/// The recordings of a real kernel, with faults on the way.
struct RecordedReplayTests {
    @Test(arguments: Fixtures.names)
    func aRecordingTellsTheTruthAboutItself(_ name: String) throws {
        let tape = try Recording(name).tape
        #expect(!tape.frames.isEmpty)
        let replay = Replay(tape)
        #expect(Findings(replay).sentences.isEmpty)
        #expect(replay.injected.isNone)
        #expect(replay.monitor.events.count > 2)
    }

    @Test(arguments: Fixtures.names)
    func whatIsToldOfARecordingIsTrueWhateverGoesWrong(_ name: String) throws {
        let tape = try Recording(name).tape
        for mix in FaultMix.all {
            for seed in 1...ReplayTests.planCount / 4 {
                var generator = SeededGenerator(seed: seed)
                let faults = mix.faults(over: tape.frames, using: &generator)
                func sentences(_ faults: [Fault]) -> [String] { Findings(Replay(tape, faults: faults)).sentences }
                guard !sentences(faults).isEmpty else { continue }
                let least = Shrinker.shrink(faults) { !sentences($0).isEmpty }
                Issue.record("\(sentences(least).joined(separator: "\n"))\n\(name): \(Fault.source(of: least))")
                break
            }
        }
    }
}
