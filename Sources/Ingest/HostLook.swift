public import FlowModel

/// A look at this host and one network namespace: everything that nfmon's answers are made of. It only reads.
public struct HostLook: Sendable {
    /// The NFLOG groups that nfmon would read; empty where it leaves out NFLOG.
    public var groups: [UInt16] = [100]
    public var readsConntrack = true
    /// Bytes of receive buffer that nfmon would ask for.
    public var receiveBuffer = ConntrackSource.Configuration().receiveBuffer
    /// Nanoseconds between the first reading of what is to be compared and the second.
    public var interval: UInt64 = 1_000_000_000

    /// Where the settings that not every namespace has could be changed before a namespace was entered.
    private let settableHere: Set<String>

    private static let tableLimit = "/proc/sys/net/netfilter/nf_conntrack_max"
    private static let bufferLimit = "/proc/sys/net/core/rmem_max"

    /// Make it before the network namespace to look at is entered.
    public init() { settableHere = Set([Self.tableLimit, Self.bufferLimit].filter(SmallFile.isSettable)) }

    /// Looks. What cannot be looked at is told in the facts.
    ///
    /// - Parameter stop: ends the look early.
    public func facts(unless stop: Signal) -> HostFacts {
        var facts = HostFacts()
        facts.isPrivileged = Privilege.administersNetwork
        lookAtRules(&facts)
        if !groups.isEmpty { lookAtGroups(&facts) }
        let (clock, start) = (ClockGauge(), ReceiveTime.now.monotonic)
        if readsConntrack { lookAtConntrack(&facts, until: start &+ interval, unless: stop) }
        Self.wait(until: start &+ interval, unless: stop)
        facts.clock = clock.look
        facts.duration = ReceiveTime.now.monotonic &- start
        return facts
    }

    /// Whether rules can be made with iptables here.
    public var hasIPTables: Bool { HostTool("iptables") != nil }

    /// Waits until a moment of the monotonic clock, or until the stop signal.
    private static func wait(until end: UInt64, unless stop: Signal) {
        var now = ReceiveTime.now.monotonic
        while now < end, !stop.isRaised {
            Signal.wait(for: [stop], timeout: end - now)
            now = ReceiveTime.now.monotonic
        }
    }

    private func place(of setting: String) -> SettingPlace {
        if SmallFile.isSettable(setting) { return .there }
        return settableHere.contains(setting) ? .here : .elsewhere
    }

    private func lookAtConntrack(_ facts: inout HostFacts, until end: UInt64, unless stop: Signal) {
        do throws(IngestError) {
            try KernelSettings.requireConntrack()
        } catch {
            facts.unlooked.append(Unlooked("conntrack", error))
            return
        }
        facts.settings = KernelSettings.current
        let before = KernelSettings.failures
        do throws(IngestError) {
            var gauge = try EventGauge.open(buffer: receiveBuffer, place(of: Self.bufferLimit))
            try gauge.listen(until: end, unless: stop)
            facts.load = gauge.load
        } catch {
            facts.unlooked.append(Unlooked("conntrack's events", error))
        }
        Self.wait(until: end, unless: stop)
        let after = KernelSettings.failures
        if let before, let after { facts.failures = (before, after.growth(since: before)) }
        facts.table = KernelSettings.tableFill(place(of: Self.tableLimit))
        facts.reliableListeners = HostSockets.reliableListeners()
    }

    /// Both lanes want them: NFLOG for what feeds it, conntrack for flowtables.
    private func lookAtRules(_ facts: inout HostFacts) {
        guard facts.isPrivileged else {
            facts.unlooked.append(
                Unlooked("the firewall's rules", reason: "CAP_NET_ADMIN is missing", cure: Unlooked.rootCure))
            return
        }
        let rules = HostRules(rootCure: Unlooked.rootCure)
        facts.rules = rules.areKnown ? rules.ruleset.logRules : nil
        facts.rulesUseConntrack = rules.ruleset.usesConntrack
        (facts.ruleTools, facts.flowtables) = (rules.tools, rules.ruleset.flowtables)
        facts.unlooked += rules.unlooked
    }

    private func lookAtGroups(_ facts: inout HostFacts) {
        do throws(IngestError) {
            let readers = try HostSockets.groupReaders()
            facts.groupReaders = readers
            if facts.isPrivileged, HostSockets.hasGroups {
                let used = groups + readers.map(\.group) + (facts.rules ?? []).map(\.group)
                facts.attachesEntries = EntryProbe.attachesEntries(avoiding: Set(used))
            }
        } catch {
            facts.unlooked.append(Unlooked("who reads which NFLOG group", error))
        }
    }
}

extension Unlooked {
    /// The monitor that answers for the doctor is not to be root.
    static let rootCure = "run nfmon doctor as root"

    init(_ subject: String, _ error: IngestError) {
        // The capability alone would not do: the lists of /proc are root's, and it does not pass to the tools.
        let cure = error.kind == .privilege ? Self.rootCure : error.cure
        self.init(subject, reason: "\(error.operation): \(error.reason)", cure: cure)
    }
}
