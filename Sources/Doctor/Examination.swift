public import FlowModel

/// What the facts about a host mean to somebody who wants right answers from nfmon.
///
/// Pure: it asks nobody, so that every finding can be had without a kernel.
public struct Examination: Sendable {
    let facts: HostFacts
    let question: Question
    let shell: Shell

    /// What nfmon would read.
    public struct Question: Sendable {
        /// The NFLOG groups; empty where NFLOG is left out.
        public var groups: [UInt16]
        /// Whether conntrack is read.
        public var readsConntrack: Bool
        /// The tool that a new rule is made with: `iptables` or `nft`.
        public var ruleTool = RuleTool.iptables

        public init(groups: [UInt16], readsConntrack: Bool) {
            self.groups = groups
            self.readsConntrack = readsConntrack
        }
    }

    public init(_ facts: HostFacts, _ question: Question, _ shell: Shell) {
        self.facts = facts
        self.question = question
        self.shell = shell
    }

    /// All of it.
    public var diagnosis: Diagnosis {
        var diagnosis = Diagnosis()
        diagnosis.unlooked = facts.unlooked
        diagnosis.findings = privilege
        if question.readsConntrack {
            if let settings = facts.settings { diagnosis.findings += Self.findings(in: settings, shell) }
            diagnosis.findings += untracked + table + buffers + listeners + offload
        }
        if !question.groups.isEmpty { diagnosis.findings += groups }
        diagnosis.findings += clock
        diagnosis.facts = lookedAt
        return diagnosis
    }

    private var privilege: [Finding] {
        guard !facts.isPrivileged else { return [] }
        return [
            Finding(
                "no-privilege", "nfmon may not ask netfilter for anything (CAP_NET_ADMIN is missing)",
                .advice(Self.privilegeCure))
        ]
    }

    static let privilegeCure =
        "run it as root, or give the program the capability once: setcap cap_net_admin+ep \"$(command -v nfmon)\""

    private var clock: [Finding] {
        // Slewing a clock moves it by 0.05 % at most; what the look could not tell apart is far below this.
        guard facts.clock.step.magnitude >= 50_000_000 else { return [] }
        let milliseconds = facts.clock.step.magnitude / 1_000_000
        return [
            Finding(
                "clock-step",
                "the clock went \(milliseconds)ms \(facts.clock.step > 0 ? "forward" : "back") during the look, so times and "
                    + "durations around it are wrong",
                .advice("have it slewed instead of set (chrony: makestep for the start only), and look again"))
        ]
    }
}
