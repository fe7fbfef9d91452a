import FlowModel
import Testing

struct ShrinkerTests {
    @Test
    func onlyWhatMakesItFailIsLeft() {
        let least = Shrinker.shrink(Array(0..<200)) { $0.contains(17) && $0.contains(18) && $0.contains(131) }
        #expect(least == [17, 18, 131])
    }

    @Test
    func whatFailsWithNothingShrinksToNothing() {
        #expect(Shrinker.shrink(Array(0..<9)) { _ in true }.isEmpty)
    }

    /// A property that does not hold: no end is ever lost. Two steps and a fault are enough to show it.
    @Test
    func aPlanThatBreaksAFalsePropertyShrinksToItsEssence() throws {
        let mix = try #require(FaultMix.all.first { $0.testDescription == "everything" })
        func breaksIt(_ plan: Plan) -> Bool {
            let replay = Replay(ModelKernel.tape(of: plan.steps, seed: plan.seed), faults: plan.faults)
            return replay.monitor.ends.contains { $0.end.cause == .inferred } && replay.injected.droppedCount > 0
        }
        let plan = try #require((1...20).lazy.map { Plan(seed: $0, mix: mix) }.first(where: breaksIt))
        let least = plan.shrunk(while: breaksIt)
        #expect(breaksIt(least))
        #expect((1...3).contains(least.steps.count))
        #expect(least.faults.count == 1)
        #expect("\(least)".hasPrefix("Plan(\n    seed: \(plan.seed),\n    steps: [.open"))
    }

    @Test
    func aPlanIsPrintedAsSwiftSource() {
        let plan = Plan(
            seed: 7, steps: [.open(3), .mark(3, 2), .carry(3, bytes: 40), .pause(milliseconds: 5), .done],
            faults: [Fault(0, .drop), Fault(1, .cut(percent: 50))])
        #expect(
            "\(plan)" == """
                Plan(
                    seed: 7,
                    steps: [.open(3), .mark(3, 2), .carry(3, bytes: 40), .pause(milliseconds: 5), .done],
                    faults: [Fault(0, .drop), Fault(1, .cut(percent: 50))])
                """)
    }

    @Test
    func faultsStayWithTheirSteps() {
        let plan = Plan(
            seed: 1, steps: [.open(0), .open(1), .close(0)], faults: [Fault(0, .drop), Fault(2, .duplicate)])
        let kept = plan.keeping(steps: [1, 2])
        #expect("\(kept)" == "\(Plan(seed: 1, steps: [.open(1), .close(0)], faults: [Fault(1, .duplicate)]))")
    }
}
