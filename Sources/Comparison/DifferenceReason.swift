/// Why two places of one session's way count different amounts. The raw value is the word that outputs use.
public enum DifferenceReason: String, CaseIterable, Sendable {
    /// A rule, or the host itself, dropped packets before conntrack saw them.
    case droppedBeforeConntrack = "dropped-before-conntrack"
    /// Conntrack counted packets that did not leave the host, or refused to keep a session of which no packet got through.
    case droppedAfterConntrack = "dropped-after-conntrack"
    /// A rule denied the session before conntrack kept it, or logged that it denied packets.
    case denied
    /// Conntrack was told to look away (NOTRACK), or does not know the session although all its packets passed.
    case untracked
    /// Conntrack could make nothing of the packets (invalid), or failed them for want of room.
    case invalid
    /// Conntrack looked at segments and does not count such: a SYN that comes again.
    case ignored
    /// A flowtable took the session over: its packets pass conntrack by.
    case offloaded
    /// The same bytes in more or fewer packets (GRO, GSO): headers account for the difference exactly.
    case aggregated
    /// Pieces of datagrams, which conntrack counts put together.
    case fragments
    /// The session passes an interface that is not captured.
    case otherInterface = "other-interface"
    /// The rule logs only a part of the packets.
    case sampled
    /// No rule logs packets of the session.
    case notLogged = "not-logged"
    /// A source lost packets or messages, and counted them.
    case lostBySource = "lost-by-source"
    /// The session is older than the capture.
    case startedBefore = "started-before"
    /// The session went on when the capture ended.
    case endedAfter = "ended-after"
    /// Accounting was off when the session began: conntrack has no counters of it.
    case accountingOff = "accounting-off"
    /// Conntrack's events are off: it did not tell what came and went between two looks at its table.
    case eventsOff = "events-off"
    /// Only ICMP errors told of it.
    case icmpError = "icmp-error"
    /// Nobody knows.
    case unexplained

    /// Its place in the order from the most telling to the least.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
