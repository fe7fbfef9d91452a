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
    }

    private var attempts: [Pair: [Attempt]] = [:]
    private var count = 0

    private static func pair(_ key: FlowKey) -> Pair {
        Pair(source: key.source, destination: key.destination, transport: key.transport)
    }

    mutating func add(_ compared: ComparedSession) {
        count += 1
        let attempt = Attempt(compared: compared, rest: compared.session.denials.packetCount, number: count)
        attempts[Self.pair(compared.session.record.original), default: []].append(attempt)
    }

    /// Gives a captured session the denials that were logged of its packets.
    mutating func lend(to session: inout Session) {
        guard session.denials.isEmpty, let tap = session.taps.first else { return }
        let key = session.record.original
        let pair = Self.pair(key)
        var wanted = tap.original.whole.packetCount
        guard wanted > 0, var list = attempts[pair] else { return }
        // One ends, and the next begins: a session of many packets may have met several.
        for place in list.indices where wanted > 0 && Self.fits(list[place], key, tap) {
            let lent = min(wanted, list[place].rest)
            list[place].rest -= lent
            wanted -= lent
            session.take(Self.part(of: list[place].compared.session, lent))
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
        guard attempt.rest > 0 else { return false }
        // The rule logs a moment after the capture saw it.
        let isLater = record.start.nanoseconds(since: tap.last) > Comparison.edge
        let isEarlier = tap.first.nanoseconds(since: record.lastSeen) > Comparison.edge
        if isLater || isEarlier { return false }
        if let ports = attempt.compared.session.denials.scannedPorts { return ports.contains(key.destinationPort) }
        if record.hasSourcePort, record.original.sourcePort != key.sourcePort { return false }
        return !record.hasDestinationPort || record.original.destinationPort == key.destinationPort
            || key.transport.isICMP
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
