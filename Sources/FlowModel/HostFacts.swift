/// What a look at this host learned of the things that nfmon's answers are made of.
///
/// Whatever is `nil` was not looked at, or is not there; ``unlooked`` says what could not be looked at, and why.
public struct HostFacts: Sendable {
    public var settings: ConntrackSettings?
    public var table: TableFill?
    /// Conntrack's failures before the look, and how they grew during it.
    public var failures: (before: ConntrackFailures, during: ConntrackFailures)?
    public var load: EventLoad?
    /// Whether the process may ask netfilter for anything (CAP_NET_ADMIN).
    public var isPrivileged = true
    /// The firewall's rules that log to groups; `nil` where they are not all known.
    public var rules: [LogRule]?
    /// What was asked for the rules: `nft`, `iptables-legacy`.
    public var ruleTools: [String] = []
    /// Flowtables of nftables.
    public var flowtables: [Flowtable] = []
    /// Who reads which group; `nil` where that is not known.
    public var groupReaders: [GroupReader]?
    /// Processes that make the kernel keep each session's end until they have taken it; `nil` where the kernel does not tell.
    public var reliableListeners: [ProcessName]?
    /// Whether the kernel attaches conntrack's entry to a logged packet (NFULA_CT).
    public var attachesEntries: Bool?
    public var clock = ClockLook()
    /// Nanoseconds that the look took.
    public var duration: UInt64 = 0
    public var unlooked: [Unlooked] = []

    public init() {}
}

/// What a network namespace's conntrack is set to do (`net.netfilter.nf_conntrack_*`).
public struct ConntrackSettings: Sendable {
    /// Whether new sessions get packet and byte counters.
    public var countsBytes: Bool?
    /// Whether new sessions get time stamps.
    public var stampsTimes: Bool?
    /// 0: no events; 1: always; 2: for sessions created while somebody listens (Linux 5.19 and later).
    public var eventsMode: Int?

    public init(countsBytes: Bool?, stampsTimes: Bool?, eventsMode: Int?) {
        self.countsBytes = countsBytes
        self.stampsTimes = stampsTimes
        self.eventsMode = eventsMode
    }
}

/// How full conntrack's table is. Its limit is one number for all network namespaces, and each may have that many entries.
public struct TableFill: Sendable {
    public var count: Int
    public var limit: Int
    /// Where the limit can be changed from.
    public var limitPlace: SettingPlace

    public init(count: Int, limit: Int, limitPlace: SettingPlace) {
        self.count = count
        self.limit = limit
        self.limitPlace = limitPlace
    }
}

/// Where a setting that not every network namespace has can be changed.
public enum SettingPlace: Sendable {
    /// In the namespace that is looked at.
    case there
    /// Where nfmon was started.
    case here
    /// In the host's first namespace only, which is neither.
    case elsewhere
}

/// Sessions and packets that conntrack failed, since the namespace was made (`/proc/net/stat/nf_conntrack`).
public struct ConntrackFailures: Sendable, Equatable {
    /// Sessions that could not be entered, as an entry with the same tuple was there.
    public var failedInserts: UInt64 = 0
    /// Packets that conntrack dropped, above all because the table was full.
    public var drops: UInt64 = 0
    /// Sessions ended before their time to make room in a full table.
    public var earlyDrops: UInt64 = 0

    public init() {}

    /// How much these have grown since; the kernel's counters wrap at 2^32.
    public func growth(since earlier: ConntrackFailures) -> ConntrackFailures {
        var growth = ConntrackFailures()
        growth.failedInserts = (failedInserts &- earlier.failedInserts) & 0xffff_ffff
        growth.drops = (drops &- earlier.drops) & 0xffff_ffff
        growth.earlyDrops = (earlyDrops &- earlier.earlyDrops) & 0xffff_ffff
        return growth
    }

    public var total: UInt64 { failedInserts + drops + earlyDrops }
}

/// What conntrack's events ask of a receive buffer, measured by listening and reading only once a second.
///
/// Sizes are in the terms of SO_RCVBUF; the kernel's own accounting has twice as many bytes.
public struct EventLoad: Sendable {
    /// Events of all the seconds together.
    public var eventCount = 0
    /// What the events of the busiest second took up.
    public var busiestSecond = 0
    /// Messages that found no room, for all that nobody else was asked to wait.
    public var dropCount = 0
    /// The receive buffer that nfmon asks for, and what it gets.
    public var wantedBuffer = 0
    public var buffer = 0
    /// Where the limit of a buffer that was not granted in full (`net.core.rmem_max`) can be changed from.
    public var limitPlace = SettingPlace.elsewhere

    public init() {}
}

/// How the wall clock ran during a look.
public struct ClockLook: Sendable {
    /// Nanoseconds by which it went farther than the time since boot did; a clock that is only slewed stays below 0.1 %.
    public var step: Int64 = 0
    /// Whether the kernel takes it for synchronised (adjtimex); `nil` where it does not say.
    public var isSynchronised: Bool?

    public init() {}
}

/// Something that could not be looked at.
public struct Unlooked: Sendable, Equatable {
    /// For example `the firewall's rules`.
    public var subject: String
    public var reason: String
    /// What to do about it, empty where nobody can say.
    public var cure: String

    public init(_ subject: String, reason: String, cure: String) {
        self.subject = subject
        self.reason = reason
        self.cure = cure
    }
}
