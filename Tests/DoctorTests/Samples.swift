import Doctor
import FlowModel

/// A sound host, and what makes it unsound.
enum Samples {
    /// What a look at everything tells of.
    static let parts = [
        "settings", "table", "failures", "buffer", "listeners", "offload", "rules", "groups", "entries", "clock",
    ]

    static var sound: HostFacts {
        var facts = HostFacts()
        facts.settings = ConntrackSettings(countsBytes: true, stampsTimes: true, eventsMode: 2)
        facts.table = TableFill(count: 412, limit: 262_144, limitPlace: .here)
        facts.failures = (ConntrackFailures(), ConntrackFailures())
        var load = EventLoad()
        (load.wantedBuffer, load.buffer) = (64 << 20, 64 << 20)
        facts.load = load
        facts.rules = [rule(group: 100)]
        facts.rulesUseConntrack = true
        facts.ruleTools = ["nft"]
        facts.groupReaders = []
        facts.reliableListeners = []
        facts.attachesEntries = true
        facts.clock.isSynchronised = true
        facts.duration = 1_000_000_000
        return facts
    }

    static func rule(group: UInt16) -> LogRule {
        LogRule(
            group: group, family: "ip", table: "filter", chain: "INPUT",
            deletion: ["nft", "delete", "rule", "ip", "filter", "INPUT", "handle", "4"])
    }

    static func reader(group: UInt16) -> GroupReader {
        GroupReader(group: group, process: ProcessName(number: 812, name: "ulogd", port: 812))
    }

    /// What is said of the sound host once something has been done to it.
    static func diagnosis(_ change: (inout HostFacts) -> Void) -> Diagnosis {
        var facts = sound
        change(&facts)
        return Examination(facts, Examination.Question(groups: [100], readsConntrack: true), Shell()).diagnosis
    }

    struct Fault: Sendable, CustomStringConvertible {
        var name: String
        var cure: Cure
        var make: @Sendable (inout HostFacts) -> Void

        init(_ name: String, _ cure: Cure, _ make: @escaping @Sendable (inout HostFacts) -> Void) {
            (self.name, self.cure, self.make) = (name, cure, make)
        }

        var description: String { name }
    }

    static let faults: [Fault] = [
        Fault(
            "no-privilege",
            .advice(
                "run it as root, or give the program the capability once: setcap cap_net_admin+ep \"$(command -v nfmon)\""
            )
        ) { $0.isPrivileged = false },
        Fault("accounting-off", .command("sysctl -w net.netfilter.nf_conntrack_acct=1")) {
            $0.settings?.countsBytes = false
        },
        Fault("timestamps-off", .command("sysctl -w net.netfilter.nf_conntrack_timestamp=1")) {
            $0.settings?.stampsTimes = false
        },
        Fault("events-off", .command("sysctl -w net.netfilter.nf_conntrack_events=2")) { $0.settings?.eventsMode = 0 },
        Fault(
            "untracked",
            .command(
                "nft 'table inet nfmon-track { chain input { type filter hook input priority 0; ct state invalid counter; }; }'"
            )
        ) {
            $0.rulesUseConntrack = false
            $0.table?.count = 0
        },
        Fault("untracked", .command("iptables -A INPUT -m conntrack --ctstate INVALID")) {
            $0.rulesUseConntrack = false
            $0.table?.count = 0
            $0.ruleTools = ["iptables-legacy"]
        },
        Fault("table-full", .command("sysctl -w net.netfilter.nf_conntrack_max=524288")) { $0.table?.count = 209_716 },
        Fault("table-full", .command("sysctl -w net.netfilter.nf_conntrack_max=524288")) {
            $0.failures?.during.earlyDrops = 3
        },
        Fault("packets-dropped", .advice("the kernel's log says why (dmesg)")) { $0.failures?.during.drops = 1 },
        Fault("insert-failed", .advice("translate to random ports (--random-fully) or to more addresses")) {
            $0.failures?.during.failedInserts = 1
        },
        Fault("receive-buffer", .advice("give nfmon's commands --conntrack-buffer 262144K")) {
            $0.load?.busiestSecond = 70 << 20
        },
        Fault("receive-buffer", .command("sysctl -w net.core.rmem_max=67108864")) {
            $0.load?.buffer = 4 << 20
            $0.load?.dropCount = 17
            $0.load?.limitPlace = .here
        },
        Fault("group-taken", .command("kill 812")) { $0.groupReaders = [reader(group: 100)] },
        Fault(
            "group-unfed",
            .command(
                "iptables -I FORWARD -m conntrack '!' --ctstatus CONFIRMED -j NFLOG --nflog-group 100 --nflog-prefix new "
                    + "--nflog-size 128")
        ) { $0.rules = [] },
        Fault("group-unread", .command("nft delete rule ip filter INPUT handle 4")) {
            $0.rules = [rule(group: 100), rule(group: 5)]
        },
        Fault("group-idle", .command("kill 812")) { $0.groupReaders = [reader(group: 7)] },
        Fault("reliable-listener", .command("kill 812")) {
            $0.reliableListeners = [ProcessName(number: 812, name: "conntrackd", port: 812)]
        },
        Fault(
            "offload-uncounted",
            .command(
                "nft add flowtable inet fw ft '{ hook ingress priority filter; devices = { lan0, wan0 }; counter; }'")
        ) {
            $0.flowtables = [
                Flowtable(
                    family: "inet", table: "fw", name: "ft", counts: false,
                    statements: ["hook ingress priority filter", "devices = { lan0, wan0 }"])
            ]
        },
        Fault(
            "clock-step",
            .advice("have it slewed instead of set (chrony: makestep for the start only), and look again")
        ) { $0.clock.step = -3_600_000_000_000 },
    ]
}
