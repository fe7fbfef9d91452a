import Testing

/// A run of the replay as a plain value: what happens on the host, and what goes wrong with what it sends.
///
/// Its description is Swift source: pasted into ``ReplayTests/regressions`` it is the same run again.
struct Plan: Sendable {
    /// The order of the host's hash table, and what the host has switched on.
    var seed: UInt64
    var steps: [KernelStep]
    var faults: [Fault]

    init(seed: UInt64, steps: [KernelStep], faults: [Fault] = []) {
        self.seed = seed
        self.steps = steps
        self.faults = faults
    }

    /// One of the mix's many plans.
    init(seed: UInt64, mix: FaultMix) {
        var generator = SeededGenerator(seed: seed &* 977 &+ UInt64(mix.testDescription.utf8.count))
        steps = KernelStep.script(ofAbout: Int.random(in: 10...160, using: &generator), using: &generator)
        self.seed = seed
        faults = mix.faults(over: ModelKernel.tape(of: steps, seed: seed).frames, using: &generator)
    }

    /// The plan without all steps but these, and without the faults that befell the others.
    func keeping(steps kept: [Int]) -> Plan {
        var renumbered: [Int: Int] = [:]
        for (new, old) in kept.enumerated() { renumbered[old] = new }
        return Plan(
            seed: seed, steps: kept.map { steps[$0] },
            faults: faults.compactMap { fault in renumbered[fault.step].map { Fault($0, fault.kind) } })
    }

    /// A plan with as few steps and faults as will do that is still so.
    func shrunk(while isSo: (Plan) -> Bool) -> Plan {
        var plan = self
        while true {
            let before = (plan.steps.count, plan.faults.count)
            plan.faults = Shrinker.shrink(plan.faults) { isSo(Plan(seed: plan.seed, steps: plan.steps, faults: $0)) }
            plan = plan.keeping(
                steps: Shrinker.shrink(Array(plan.steps.indices)) { isSo(plan.keeping(steps: $0)) })
            if (plan.steps.count, plan.faults.count) == before { return plan }
        }
    }
}

extension Plan: CustomStringConvertible, CustomTestStringConvertible {
    var testDescription: String { "seed \(seed), \(steps.count) steps, \(faults.count) faults" }

    var description: String {
        """
        Plan(
            seed: \(seed),
            steps: [\(steps.map { ".\($0)" }.joined(separator: ", "))],
            faults: \(Fault.source(of: faults)))
        """
    }
}
