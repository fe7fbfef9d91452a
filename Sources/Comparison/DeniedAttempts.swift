internal import FlowModel

/// What rules denied of sessions that conntrack does not know, to be found by the packets that a capture saw of them.
///
/// Attempts are kept by the pair of hosts: repeated ones are one session with whatever source ports, and a scan is one with whatever
/// destination ports.
struct DeniedAttempts {
    private struct Pair: Hashable {
        var source: IPAddress
        var destination: IPAddress
        var transport: TransportProtocol
    }

    private struct Attempt {
        var compared: ComparedSession
        /// Packets that were denied and of which no captured session is known yet.
        var rest: UInt64
        /// Its number among all, so that they keep their order.
        var number: Int

        /// Whether its packets came from this port, and from no other.
        func isFrom(_ port: UInt16) -> Bool {
            compared.session.record.hasSourcePort && compared.session.record.original.sourcePort == port
        }
    }

    private var attempts: [Pair: [Attempt]] = [:]
    /// To whom those with one source went, as rules saw it.
    private var destinations: [Sender: Set<IPAddress>] = [:]
    /// To whom captured packets of theirs went.
    private var captured: [Sender: Set<IPAddress>] = [:]
    private var count = 0

    /// Who sent packets, and from where: what a translation of their destination leaves as it is.
    private struct Sender: Hashable {
        var source: IPAddress
        var port: UInt16
        var transport: TransportProtocol

        /// `nil` of what has no ports.
        init?(_ key: FlowKey) {
            guard key.hasPorts else { return nil }
            (source, port, transport) = (key.source, key.sourcePort, key.transport)
        }
    }

    private static func pair(_ key: FlowKey) -> Pair {
        Pair(source: key.source, destination: key.destination, transport: key.transport)
    }

    mutating func add(_ compared: ComparedSession) {
        count += 1
        let attempt = Attempt(compared: compared, rest: compared.session.denials.packetCount, number: count)
        let key = compared.session.record.original
        attempts[Self.pair(key), default: []].append(attempt)
        if compared.session.record.hasSourcePort, let sender = Sender(key) {
            destinations[sender, default: []].insert(key.destination)
        }
    }

    /// Gives a captured session the denials that were logged of its packets.
    mutating func lend(to session: inout Session) {
        let key = session.record.original
        guard let tap = session.taps.first else { return }
        if let sender = Sender(key) { captured[sender, default: []].insert(key.destination) }
        guard session.denials.isEmpty else { return }
        var wanted = tap.original.whole.packetCount
        lend(to: &session, Self.pair(key), &wanted) { Self.fits($0, key, tap) }
    }

    /// Gives a captured session the denials that were logged of its sender's packets to where nobody saw any go; all others have theirs.
    mutating func lendTranslated(to session: inout Session) {
        let key = session.record.original
        guard session.denials.isEmpty, let tap = session.taps.first, let sender = Sender(key),
            let seen = destinations[sender]?.subtracting(captured[sender] ?? [])
        else { return }
        var wanted = tap.original.whole.packetCount
        for destination in seen.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) {
            let pair = Pair(source: key.source, destination: destination, transport: key.transport)
            lend(to: &session, pair, &wanted) { Self.isMeanwhile($0, tap) && $0.isFrom(key.sourcePort) }
        }
    }

    /// Gives a session that conntrack knows the denials of packets of its tuple that were not let in: before it began, as rules changed.
    ///
    /// - Parameter count: how many packets more than conntrack the capture saw.
    mutating func lend(to session: inout Session, upTo count: UInt64) {
        guard let tap = session.taps.first else { return }
        let key = session.record.original
        if let sender = Sender(key) { captured[sender, default: []].insert(key.destination) }
        guard session.denials.isEmpty, count > 0 else { return }
        var wanted = count
        lend(to: &session, Self.pair(key), &wanted) { Self.fits($0, key, tap) && $0.isFrom(key.sourcePort) }
    }

    private mutating func lend(
        to session: inout Session, _ pair: Pair, _ wanted: inout UInt64, where fits: (Attempt) -> Bool
    ) {
        guard wanted > 0, var list = attempts[pair] else { return }
        var lentCount: UInt64 = 0
        var rules: Set<NameID> = []
        // One ends, and the next begins: a session of many packets may have met several.
        for place in list.indices where wanted > 0 && fits(list[place]) {
            let lent = min(wanted, list[place].rest)
            list[place].rest -= lent
            wanted -= lent
            lentCount += lent
            rules.formUnion(list[place].compared.session.denials.map(\.rule))
            session.take(Self.part(of: list[place].compared.session, lent))
        }
        // Another rule may have logged the same packets.
        for place in list.indices where list[place].rest > 0 && fits(list[place]) {
            let own = Set(list[place].compared.session.denials.map(\.rule))
            if own != rules { list[place].rest -= min(list[place].rest, lentCount) }
        }
        attempts[pair] = list
    }

    /// So many of the packets of an attempt, which may be all.
    private static func part(of session: Session, _ count: UInt64) -> Session {
        let all = session.denials.packetCount
        guard count < all, var denial = session.denials.first else { return session }
        var part = session
        denial.count = count
        part.denials = [denial]
        part.denials.scannedPorts = session.denials.scannedPorts
        part.nflog?.counters = DirectionalCounters(
            original: Counters(
                packetCount: count,
                byteCount: (session.nflog?.counters.original.byteCount ?? 0).share(count, of: all)))
        return part
    }

    private static func fits(_ attempt: Attempt, _ key: FlowKey, _ tap: TapLane) -> Bool {
        let record = attempt.compared.session.record
        guard isMeanwhile(attempt, tap) else { return false }
        if let ports = attempt.compared.session.denials.scannedPorts { return ports.contains(key.destinationPort) }
        if record.hasSourcePort, record.original.sourcePort != key.sourcePort { return false }
        return !record.hasDestinationPort || record.original.destinationPort == key.destinationPort
            || key.transport.isICMP
    }

    /// Whether some of it is left, and was denied while the capture saw packets.
    private static func isMeanwhile(_ attempt: Attempt, _ tap: TapLane) -> Bool {
        let record = attempt.compared.session.record
        // The rule logs a moment after the capture saw it.
        let isLater = record.start.nanoseconds(since: tap.last) > Comparison.edge
        let isEarlier = tap.first.nanoseconds(since: record.lastSeen) > Comparison.edge
        return attempt.rest > 0 && !isLater && !isEarlier
    }

    /// What no captured session was found of.
    var left: [ComparedSession] {
        attempts.values.joined().filter { $0.rest > 0 }.sorted { $0.number < $1.number }.map { attempt in
            var left = attempt.compared
            left.session = Self.part(of: left.session, attempt.rest)
            return left
        }
    }
}

extension Session {
    /// Takes over what rules logged of an attempt.
    fileprivate mutating func take(_ attempt: Session) {
        record.facts.formUnion([.nflog, .denied])
        if denials.isEmpty {
            denials = attempt.denials
        } else {
            for denial in attempt.denials { denials.append(denial) }
        }
        guard let counters = nflog?.counters else { return nflog = attempt.nflog }
        if let more = attempt.nflog?.counters { nflog?.counters = counters + more }
    }
}
