import FlowModel

/// What rules denied, for each session a chain with a link for each of its rules.
///
/// Most sessions have none, and a denied attempt has one: a slab of links costs no allocation for either.
struct DenialChains: ~Copyable {
    /// No chain: nothing was denied.
    static let none = UInt32.max

    /// A rule, and the next one.
    struct Link {
        var denial: Denial
        var next = none
        /// Of attempts, see ``Denials``.
        var scannedPorts: ClosedRange<UInt16>?
        var later: LaterSession?
    }

    private var links = Slab(
        filler: Link(denial: Denial(rule: .none, verdict: .unknown, at: Timestamp(nanoseconds: 0))))

    /// Notes a packet that a rule denied.
    ///
    /// - Parameters:
    ///   - direction: which way it went.
    ///   - chain: the session's; begun where there is none.
    /// - Returns: whether it is the rule's first.
    /// - Complexity: O(rules that denied the session).
    mutating func note(
        _ packet: borrowing PacketObservation, _ direction: FlowDirection, at time: Timestamp, in chain: inout UInt32
    ) -> Bool {
        var last = Self.none
        var place = chain
        while place != Self.none {
            if links[place].denial.isBy(packet) {
                links[place].denial.add(packet, direction, at: time)
                return false
            }
            last = place
            place = links[place].next
        }
        var denial = Denial(rule: packet.rule, verdict: packet.verdict, at: time)
        denial.add(packet, direction, at: time)
        let new = links.insert(Link(denial: denial))
        if last == Self.none { chain = new } else { links[last].next = new }
        return true
    }

    /// The chain's first link.
    ///
    /// - Precondition: there is one.
    subscript(first chain: UInt32) -> Denial { links[chain].denial }

    /// Of a chain of attempts, the ports that were tried.
    ///
    /// - Precondition: the chain is one, as for ``later``.
    subscript(scannedPorts chain: UInt32) -> ClosedRange<UInt16>? {
        get { links[chain].scannedPorts }
        set { links[chain].scannedPorts = newValue }
    }

    /// Of a chain of attempts, the session that got through.
    subscript(later chain: UInt32) -> LaterSession? {
        get { links[chain].later }
        set { links[chain].later = newValue }
    }

    /// All of a chain, in the order in which the rules came.
    func list(_ chain: UInt32) -> Denials {
        var denials = Denials()
        guard chain != Self.none else { return denials }
        denials.scannedPorts = links[chain].scannedPorts
        denials.later = links[chain].later
        var place = chain
        while place != Self.none {
            denials.append(links[place].denial)
            place = links[place].next
        }
        return denials
    }

    /// Notes the rules of a chain.
    func insertRules(of chain: UInt32, into set: inout NameSet) {
        var place = chain
        while place != Self.none {
            set.insert(links[place].denial.rule)
            place = links[place].next
        }
    }

    /// One chain of two, the second behind the first.
    mutating func joined(_ first: UInt32, _ second: UInt32) -> UInt32 {
        guard first != Self.none else { return second }
        var last = first
        while links[last].next != Self.none { last = links[last].next }
        links[last].next = second
        return first
    }

    mutating func remove(_ chain: UInt32) {
        var place = chain
        while place != Self.none {
            let next = links[place].next
            links.remove(place)
            place = next
        }
    }
}

extension Denial {
    /// Whether a packet was denied by the same rule in the same way.
    func isBy(_ packet: borrowing PacketObservation) -> Bool {
        let (itsRule, itsVerdict) = (packet.rule, packet.verdict)
        return rule == itsRule && verdict == itsVerdict
    }

    /// One more packet. NFLOG's order within a millisecond is no promise.
    fileprivate mutating func add(
        _ packet: borrowing PacketObservation, _ direction: FlowDirection, at time: Timestamp
    ) {
        count &+= 1
        if packet.isICMPError {
            errorCount += errorCount < .max ? 1 : 0
        } else if direction == .reply {
            replyCount += replyCount < .max ? 1 : 0
        }
        first = min(first, time)
        last = max(last, time)
    }
}
