public import FlowModel
internal import Wire

/// What this network namespace's conntrack and its bridges are set to do, read from /proc.
public enum KernelSettings {
    /// Whether new sessions get packet and byte counters; `nil` where the setting is not there.
    public static var countsBytes: Bool? { flag("nf_conntrack_acct") }

    /// Whether new sessions get time stamps.
    public static var stampsTimes: Bool? { flag("nf_conntrack_timestamp") }

    /// 0: no events; 1: always; 2: for sessions created while somebody listens (Linux 5.19 and later).
    public static var eventsMode: Int? { number("nf_conntrack_events") }

    /// The settings together.
    public static var current: ConntrackSettings {
        ConntrackSettings(countsBytes: countsBytes, stampsTimes: stampsTimes, eventsMode: eventsMode)
    }

    /// Whether bridges show conntrack what they forward; nothing of a family whose setting cannot be read.
    public static var bridges: [AddressFamily: BridgeSetting] { bridges(in: "/proc/sys/net") }

    /// - Parameter directory: where the network's settings are, if it is there itself.
    static func bridges(in directory: String) -> [AddressFamily: BridgeSetting] {
        func setting(_ tool: String) -> BridgeSetting? {
            let path = "\(directory)/bridge/bridge-nf-call-\(tool)"
            if let text = SmallFile.text(of: path) { return text.hasPrefix("0") ? .isOff : .isOn }
            return SmallFile.exists(directory) && !SmallFile.exists(path) ? .isAbsent : nil
        }
        var settings: [AddressFamily: BridgeSetting] = [:]
        settings[.ipv4] = setting("iptables")
        settings[.ipv6] = setting("ip6tables")
        return settings
    }

    /// How full the table is.
    ///
    /// - Parameter place: where its limit can be changed from.
    public static func tableFill(_ place: SettingPlace = .here) -> TableFill? {
        guard let count = number("nf_conntrack_count"), let limit = number("nf_conntrack_max") else { return nil }
        return TableFill(count: count, limit: limit, limitPlace: place)
    }

    /// What conntrack has failed since the namespace was made; `nil` where the kernel does not list it.
    public static var failures: ConntrackFailures? {
        // thread-self: the table of the thread's own namespace, which --netns changed
        SmallFile.text(of: "/proc/thread-self/net/stat/nf_conntrack").flatMap(ConntrackFailures.init(statistics:))
    }

    /// What the network stack has counted since the namespace was made.
    public static var stackCounters: StackCounters {
        ["snmp", "netstat", "snmp6", "xfrm_stat"].reduce(StackCounters()) { counters, name in
            guard let text = SmallFile.text(of: "/proc/thread-self/net/\(name)") else { return counters }
            return counters.adding(StackCounters(text: text))
        }
    }

    /// - Throws: where the kernel has no conntrack in this namespace.
    static func requireConntrack() throws(IngestError) {
        guard number("nf_conntrack_max") == nil else { return }
        throw IngestError(
            .unavailable, "find conntrack", reason: "the kernel has no connection tracking",
            cure: "load it: modprobe nf_conntrack nf_conntrack_netlink")
    }

    private static func flag(_ name: String) -> Bool? { number(name).map { $0 != 0 } }

    private static func number(_ name: String) -> Int? {
        guard let text = SmallFile.text(of: "/proc/sys/net/netfilter/\(name)") else { return nil }
        return Int(text.prefix { $0.isNumber })
    }
}
