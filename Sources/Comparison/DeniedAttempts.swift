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
        /// Where they go on behind the rules that logged them.
        var course: LoggedDenials.Course
        /// Packets of sessions that may be those, and how many of them were given some.
        var demand: UInt64 = 0
        var given: UInt64 = 0
        /// Its number among all, so that they keep their order.
        var number: Int

        /// Whether it is of several sessions, whose ports differ, or may be, as later fragments have none.
        var isShared: Bool {
            let facts = compared.session.record.facts
            return !facts.isDisjoint(with: [.sourcePortVaries, .destinationPortVaries, .fragments])
                || compared.session.denials.scannedPorts != nil
        }

        /// Whether it counts pieces of packets, and nobody knows of which.
        var isOfPieces: Bool { compared.session.record.facts.contains(.fragments) }

        /// The rule that logged it: of a denied attempt there is one.
        var rule: NameID? { compared.session.denials.first?.rule }

        /// Whether other rules may have logged its packets as this one.
        ///
        /// - Parameter captured: how many packets were captured that may be of either.
        func mayBe(_ other: Attempt, of captured: UInt64) -> Bool {
            guard rule != other.rule else { return false }
            switch (course, other.course) {
            case (.onward, _), (_, .onward): return true
            case (.denied(let own), .denied(let others)): return !own.isDisjoint(with: others)
            case (.unknown, _), (_, .unknown):
                let (count, others) = (compared.session.denials.packetCount, other.compared.session.denials.packetCount)
                // Of one tuple no more were logged apart than passed.
                return isShared || other.isShared ? count == others : count.adding(others) > captured
            }
        }

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
    /// To whom rules logged packets of theirs and none were captured, as far as that was asked.
    private var unseen: [Sender: [IPAddress]] = [:]
    /// How many captured sessions are of each.
    private var capturedCounts: [Sender: Int] = [:]
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

    /// - Parameter course: where its packets go on behind the rules that logged them.
    mutating func add(_ compared: ComparedSession, _ course: LoggedDenials.Course) {
        count += 1
        let attempt = Attempt(
            compared: compared, rest: compared.session.denials.packetCount, course: course, number: count)
        let key = compared.session.record.original
        attempts[Self.pair(key), default: []].append(attempt)
        if compared.session.record.hasSourcePort, let sender = Sender(key) {
            destinations[sender, default: []].insert(key.destination)
        }
    }

    /// Notes to whom captured packets went.
    mutating func noteCaptured(_ session: Session) {
        let key = session.record.original
        guard !session.taps.isEmpty, let sender = Sender(key) else { return }
        captured[sender, default: []].insert(key.destination)
        capturedCounts[sender, default: 0] += 1
        unseen = [:]
    }

    /// Whether other captured sessions have the source and port of one: behind a translation they may look like it.
    func hasSiblings(_ session: Session) -> Bool {
        Sender(session.record.original).map { capturedCounts[$0] ?? 0 > 1 } ?? false
    }

    /// Whether what was logged may be a captured session's.
    func mayBe(_ session: Session) -> Bool {
        let key = session.record.original
        guard let tap = session.taps.first, let list = attempts[Self.pair(key)] else { return false }
        return list.contains { Self.fits($0, key, tap) }
    }

    /// Gives a captured session the denials that were logged of packets with its ports.
    ///
    /// - Parameter mayBe: whether it may be one whose packets go on so.
    mutating func lend(to session: inout Session, where mayBe: (LoggedDenials.Course) -> Bool) {
        let key = session.record.original
        guard let tap = session.taps.first else { return }
        var wanted = tap.original.whole.packetCount
        lend(to: &session, Self.pair(key), &wanted) {
            !$0.isShared && Self.fits($0, key, tap) && mayBe($0.course)
        }
    }

    /// Notes that a captured session may be one of several of which denials were logged.
    ///
    /// - Parameter mayBe: whether it may be one whose packets go on so.
    mutating func noteDemand(of session: Session, where mayBe: (LoggedDenials.Course) -> Bool) {
        let key = session.record.original
        guard let tap = session.taps.first, var list = attempts[Self.pair(key)] else { return }
        let wanted = tap.original.whole.packetCount.lacking(session.denials.packetCount)
        for place in list.indices
        where list[place].isShared && Self.fits(list[place], key, tap) && mayBe(list[place].course) {
            list[place].demand = list[place].demand.adding(wanted)
        }
        attempts[Self.pair(key)] = list
    }

    /// Gives a captured session the denials that were logged of several, of which it is one.
    ///
    /// - Parameters:
    ///   - counted: how many packets rules counted of what goes on so; a log may be of some of them only.
    ///   - isOne: whether it is one of those whose packets go on so.
    /// - Returns: whether they may be another's: more packets than those may be meant.
    mutating func lendShared(
        to session: inout Session, counted: (LoggedDenials.Course) -> UInt64,
        where isOne: (LoggedDenials.Course) -> Bool
    ) -> Bool {
        let key = session.record.original
        guard let tap = session.taps.first else { return false }
        var wanted = tap.original.whole.packetCount.lacking(session.denials.packetCount)
        return lend(to: &session, Self.pair(key), &wanted, counted: counted) {
            $0.isShared && Self.fits($0, key, tap) && isOne($0.course)
        }
    }

    /// Gives a captured session the denials that were logged of its sender's packets to where nobody saw any go; all others have theirs.
    mutating func lendTranslated(to session: inout Session) {
        let key = session.record.original
        guard session.denials.isEmpty, let tap = session.taps.first, let sender = Sender(key) else { return }
        var wanted = tap.original.whole.packetCount
        for destination in unseen(by: sender).prefix(Self.mostDestinations) where wanted > 0 {
            let pair = Pair(source: key.source, destination: destination, transport: key.transport)
            lend(to: &session, pair, &wanted) { Self.isMeanwhile($0, tap) && $0.isFrom(key.sourcePort) }
            if attempts[pair]?.allSatisfy({ $0.rest == 0 }) ?? true {
                unseen[sender]?.removeAll { $0 == destination }
            }
        }
    }

    /// Of how many places a translation may have sent one session's packets to, as is asked for.
    private static var mostDestinations: Int { 64 }

    /// Where nobody saw a sender's packets go, of which rules logged that they denied them.
    private mutating func unseen(by sender: Sender) -> [IPAddress] {
        if let known = unseen[sender] { return known }
        let left = destinations[sender]?.subtracting(captured[sender] ?? []) ?? []
        let sorted = left.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
        unseen[sender] = sorted
        return sorted
    }

    /// Gives a session that conntrack knows the denials of packets of its tuple that were not let in: before it began, as rules changed.
    ///
    /// - Parameter count: how many packets more than conntrack the capture saw.
    /// - Returns: whether they may be another session's, with another destination port.
    mutating func lend(to session: inout Session, upTo count: UInt64) -> Bool {
        guard let tap = session.taps.first else { return false }
        let key = session.record.original
        guard session.denials.isEmpty, count > 0 else { return false }
        var wanted = count
        lend(to: &session, Self.pair(key), &wanted) {
            !$0.isShared && Self.fits($0, key, tap) && $0.isFrom(key.sourcePort)
        }
        guard wanted > 0, session.denials.isEmpty else { return false }
        lend(to: &session, Self.pair(key), &wanted) { Self.fits($0, key, tap) && $0.isFrom(key.sourcePort) }
        return !session.denials.isEmpty
    }

    /// - Returns: whether more packets than were logged may be meant by one of those that it was given.
    @discardableResult
    private mutating func lend(
        to session: inout Session, _ pair: Pair, _ wanted: inout UInt64,
        counted: (LoggedDenials.Course) -> UInt64 = { _ in 0 }, where fits: (Attempt) -> Bool
    ) -> Bool {
        guard wanted > 0, var list = attempts[pair] else { return false }
        var isScarce = false
        let captured = wanted
        // One ends, and the next begins: a session of many packets may have met several.
        for place in list.indices where wanted > 0 && fits(list[place]) {
            let lent = min(wanted, list[place].rest)
            let supply = max(list[place].rest.adding(list[place].given), counted(list[place].course))
            isScarce = isScarce || list[place].isOfPieces || list[place].demand > supply
            list[place].rest -= lent
            list[place].given = list[place].given.adding(lent)
            wanted -= lent
            session.take(Self.part(of: list[place].compared.session, lent))
            Self.spend(lent, of: list[place], in: &list) { fits($0) && $1.mayBe($0, of: captured) }
        }
        attempts[pair] = list
        return isScarce
    }

    /// What other rules logged of the same packets is no other session's.
    ///
    /// - Parameter areSame: whether the first may have been logged of packets that the lender was, too.
    private static func spend(
        _ count: UInt64, of lender: Attempt, in list: inout [Attempt], where areSame: (Attempt, Attempt) -> Bool
    ) {
        var counts: [NameID?: UInt64] = [:]
        for place in list.indices where areSame(list[place], lender) {
            let rule = list[place].rule
            let same = min(counts[rule] ?? count, list[place].rest)
            counts[rule] = (counts[rule] ?? count) - same
            list[place].rest -= same
        }
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
        // Of ICMP that is the identifier.
        let facts = record.facts
        if facts.isDisjoint(with: [.sourcePortVaries, .fragments]), record.original.sourcePort != key.sourcePort {
            return false
        }
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
            for denial in attempt.denials { add(denial) }
        }
        guard let counters = nflog?.counters else { return nflog = attempt.nflog }
        if let more = attempt.nflog?.counters { nflog?.counters = counters + more }
    }

    private mutating func add(_ denial: Denial) {
        guard let place = denials.firstIndex(where: { ($0.rule, $0.verdict) == (denial.rule, denial.verdict) }) else {
            return denials.append(denial)
        }
        denials[place].count &+= denial.count
        denials[place].first = min(denials[place].first, denial.first)
        denials[place].last = max(denials[place].last, denial.last)
    }
}
