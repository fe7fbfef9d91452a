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
