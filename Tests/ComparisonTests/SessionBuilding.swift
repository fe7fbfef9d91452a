import Comparison
import FlowModel

/// A session as a test wants it: so many packets at each place. Packets have 100 bytes.
struct SessionBuilder {
    static let client: InterfaceIndex = 2
    static let server: InterfaceIndex = 3
    /// When the capture began and ended.
    static let start = Timestamp(seconds: 1000, nanoseconds: 0)
    static let end = Timestamp(seconds: 1100, nanoseconds: 0)

    var key = FlowKey(
        source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc000_0209), sourcePort: 40_000,
        destinationPort: 443, transport: .tcp, family: .ipv4)
    var reply: FlowKey?
    var facts: SessionFacts = [.live, .conntrack, .counters, .start, .ended]
    var startTime = Timestamp(seconds: 1010, nanoseconds: 0)
    var lastTime = Timestamp(seconds: 1020, nanoseconds: 0)
    /// Packets there and back, as conntrack counts them; `nil` where it does not know the session.
    var tracked: (UInt64, UInt64)? = (10, 8)
    /// At the client's interface, and at the server's.
    var first: (UInt64, UInt64)? = (10, 8)
    var second: (UInt64, UInt64)? = (10, 8)
    var logged: (UInt64, UInt64)?
    /// The interfaces that logged packets of the original direction showed.
    var path = {
        var path = PacketPath()
        (path.inInterface, path.outInterface) = (client, server)
        return path
    }()
    var baseline: (UInt64, UInt64)?
    var denials = Denials()

    static func counters(_ count: UInt64) -> Counters { Counters(packetCount: count, byteCount: 100 * count) }

    static func both(_ counts: (UInt64, UInt64)) -> DirectionalCounters {
        DirectionalCounters(original: counters(counts.0), reply: counters(counts.1))
    }

    func frames(_ count: UInt64) -> FrameCounts {
        var frames = FrameCounts()
        guard count > 0 else { return frames }
        frames.seen = Self.counters(count)
        frames.whole = frames.seen
        frames.wire = frames.seen
        frames.headerByteCount = 40 * count
        (frames.first, frames.last) = (startTime, lastTime)
        return frames
    }

    var compared: ComparedSession {
        var record = SessionRecord(
            id: SessionID(rawValue: 1), original: key, reply: reply ?? key.inverse, start: startTime,
            lastSeen: lastTime)
        record.facts = facts
        if let tracked {
            record.counters = Self.both(tracked)
        } else {
            record.facts.subtract([.conntrack, .counters])
        }
        var lane: LogLane?
        if let logged {
            var one = LogLane()
            one.counters = Self.both(logged)
            one.originalPlace = LogPlace(group: 100, hook: 2)
            one.replyPlace = LogPlace(group: 100, hook: 2)
            one.originalPath = path
            (one.replyPath.inInterface, one.replyPath.outInterface) = (Self.server, Self.client)
            lane = one
        }
        var session = Session(record: record, nflog: lane, denials: denials)
        for (counts, tap) in [
            (first, Tap(interface: Self.client, direction: .ingress)),
            (second, Tap(interface: Self.server, direction: .egress)),
        ] {
            guard let counts else { continue }
            var lane = TapLane(tap: tap)
            (lane.original, lane.reply) = (frames(counts.0), frames(counts.1))
            session.taps.append(lane)
        }
        return ComparedSession(session, baseline: baseline.map(Self.both))
    }
}

/// What a test knows besides the sessions: everything was looked at, and there is nothing.
func someFacts(_ change: (inout ComparisonFacts) -> Void = { _ in }) -> ComparisonFacts {
    var facts = ComparisonFacts(start: SessionBuilder.start, end: SessionBuilder.end, lanes: [.conntrack, .packet])
    facts.interfaces = [SessionBuilder.client, SessionBuilder.server]
    facts.firstLook = Timestamp(seconds: 1000, nanoseconds: 10_000_000)
    facts.lastLook = Timestamp(seconds: 1100, nanoseconds: 50_000_000)
    facts.accountingIsOn = true
    facts.rules = watched([])
    facts.ownAddresses = LocalAddresses(
        [IPAddress(ipv4: 0x0a00_0001), IPAddress(ipv4: 0xc000_0201)],
        of: [SessionBuilder.client, SessionBuilder.server])
    facts.groups = [100]
    facts.failures = ConntrackFailures()
    change(&facts)
    return facts
}

/// The interfaces lan0 and wan0.
func someNames() -> NameBook {
    let table = NameTable()
    var interfaces = InterfaceNames()
    interfaces[SessionBuilder.client] = table.number(of: Array("lan0".utf8))
    interfaces[SessionBuilder.server] = table.number(of: Array("wan0".utf8))
    return NameBook(names: table.snapshot, interfaces: interfaces)
}

/// Compares one session, as it is or changed.
func compare(
    _ facts: ComparisonFacts = someFacts(), _ change: (inout SessionBuilder) -> Void = { _ in }
) -> ComparisonOutcome {
    var builder = SessionBuilder()
    change(&builder)
    var comparison = Comparison(facts, names: someNames())
    comparison.add(builder.compared)
    return comparison.conclude()
}

extension ComparisonOutcome {
    /// The reasons of all sessions, with the packets that each is for.
    var reasons: [DifferenceReason: UInt64] {
        summary.reasons.mapValues(\.counters.packetCount)
    }

    /// All evidence, in one text.
    var evidence: String { sessions.flatMap(\.differences).flatMap(\.evidence).joined(separator: "\n") }
}
