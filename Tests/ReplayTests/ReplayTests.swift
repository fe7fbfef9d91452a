import Foundation
import Testing

/// Whatever goes wrong between the kernel and the table: what is told is true, and what is not known is said.
///
/// Every mix of faults is tried with so many plans as the environment variable `NFMON_REPLAY_PLANS` says (4 at least), else with 60. A
/// plan that fails is shrunk and printed as Swift source: put it into ``regressions`` when its cause is mended.
struct ReplayTests {
    static let planCount =
        ProcessInfo.processInfo.environment["NFMON_REPLAY_PLANS"].flatMap(UInt64.init)
        .map { max($0, 4) } ?? 60

    /// Plans that failed once.
    static let regressions = [
        // A row of the living was read before the events of those that had its tuple before, which then ended it.
        Plan(seed: 43, steps: [.open(0), .open(0), .open(0), .dump, .done]),
        // The same with a connection that the other end began before.
        Plan(seed: 347, steps: [.open(6), .close(6), .open(7), .dump, .done]),
    ]

    @Test(arguments: FaultMix.all)
    func whatIsToldIsTrueAndWhatIsNotKnownIsSaid(_ mix: FaultMix) {
        for seed in 1...Self.planCount {
            let plan = Plan(seed: seed, mix: mix)
            guard !Self.sentences(of: plan).isEmpty else { continue }
            let least = plan.shrunk { !Self.sentences(of: $0).isEmpty }
            Issue.record("\(Self.sentences(of: least).joined(separator: "\n"))\n\(least)")
            return
        }
    }

    @Test(arguments: regressions)
    func whatFailedOnceDoesNotFailAgain(_ plan: Plan) {
        #expect(Self.sentences(of: plan).isEmpty)
    }

    static func sentences(of plan: Plan) -> [String] {
        Findings(Replay(ModelKernel.tape(of: plan.steps, seed: plan.seed), faults: plan.faults)).sentences
    }
}
