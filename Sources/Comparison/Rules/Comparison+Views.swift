internal import FlowModel

// What rules see of the packets of a session.

extension Comparison {
    mutating func views(of counts: DirectionCounts, _ session: Session) -> RuleViews {
        let (first, middle, last) = Self.tuples(of: session, counts.direction)
        let comeIn = counts.entering.map { $0.counts.whole.packetCount > 0 } ?? false
        let leave = counts.leaving.map { $0.counts.whole.packetCount > 0 } ?? false
        let inInterface = ruleInterface(counts.path.inInterface, comeIn ? counts.entering : nil)
        var outInterface = ruleInterface(counts.path.outInterface, leave ? counts.leaving : nil)
        let own = facts.ownAddresses
        let isFromHost = RuleAnswer(own.map { $0.contains(first.source) })
        var isToHost = RuleAnswer(own.flatMap { $0.isDestination(middle.destination) })
        var isRefused = false
        if let listens = inInterface.flatMap({ own?.listens(to: middle.destination, on: $0) }),
            middle.destination.isMulticast
        {
            (isToHost, isRefused) = (RuleAnswer(listens), !listens)
        }
        let inName = inInterface.map(interface)
        let states = states(of: session, counts.direction)
        let isExpected = isExpected(first, from: inInterface)
        // What came in whole stays so.
        let isWhole = comeIn && counts.entering?.counts.fragmentCount == 0 && facts.isWhole(.packet)
        let translations = Self.translations(session.record.original, session.record.reply)
        func view(_ tuple: FlowKey) -> PacketView {
            PacketView(
                tuple: tuple, inInterface: inName, outInterface: outInterface.map(interface),
                sourceKind: own?.kind(of: tuple.source), destinationKind: own?.kind(of: tuple.destination),
                isExpected: isExpected, isFragmented: isWhole ? false : nil, states: states, translations: translations)
        }
        let isTracked = session.record.facts.contains(.conntrack)
        let ends = [first.source, middle.destination]
        let mayHaveGoneElsewhere =
            ends.contains { facts.routeChanges.concerns($0, family: first.family) }
            || facts.routing?.pickedFamilies.contains(first.family) ?? false
        func views() -> RuleViews {
            let isLoop = isFromHost == .yes && isToHost == .yes
            var views = RuleViews(
                untranslated: view(first), routed: view(middle), translated: view(last),
                isOwn: comeIn && !isLoop ? .no : isFromHost, isForHost: leave && !isLoop ? .no : isToHost,
                isTracked: isTracked)
            views.isRefused = isRefused
            views.mayHaveGoneElsewhere = mayHaveGoneElsewhere
            views.hasPieces = (counts.entering?.counts.fragmentCount ?? 0) > 0
            views.mayBeBridged = !isTracked && bridging(counts, session) != nil
            // That of their session may be given back to them.
            views.mark = comeIn && session.record.mark == 0 ? 0 : nil
            views.isRouted = !isRefused && !middle.destination.isLinkMulticast
            // What conntrack counted before the capture, other rules may have let pass.
            let isCounted = isTracked && (counts.tracked?.packetCount ?? 0) > 0
            let hasFirst = isCounted && counts.direction == .original && !isOlder(session)
            views.reachOfSome = leave ? .end : hasFirst ? .confirmed : isCounted ? .conntrack : .host
            if hasFirst, facts.rules?.isFinal == true {
                views.firstStates = session.record.status.contains(.expected) ? .related : .new
            }
            return views
        }
        guard !leave, outInterface == nil else { return views() }
        switch route(of: middle, from: inInterface, isFromHost, views(), session) {
        case .host: isToHost = .yes
        case .interface(let index): (isToHost, outInterface) = (.no, index)
        case .nowhere: (isToHost, isRefused) = (.no, true)
        case nil: break
        }
        return views()
    }

    /// What the packets of one direction show as they come in, as they are routed, and as they leave.
    static func tuples(
        of session: Session, _ direction: FlowDirection
    ) -> (first: FlowKey, middle: FlowKey, last: FlowKey) {
        let (original, reply) = (session.record.original.withoutZone, session.record.reply.withoutZone)
        // The other tuple turned round is what this direction's packets look like when they leave.
        let (first, last) = direction == .original ? (original, reply.inverse) : (reply, original.inverse)
        var middle = first
        middle.destination = last.destination
        if !first.transport.isICMP { middle.destinationPort = last.destinationPort }
        return (first, middle, last)
    }

    /// What of a session is translated, as its tuples show.
    private static func translations(_ original: FlowKey, _ reply: FlowKey) -> TrackingState {
        // What stands for ICMP's ports is no port.
        let hasPorts = original.hasPorts && reply.hasPorts
        var translations: TrackingState = []
        if original.destination != reply.source || hasPorts && original.destinationPort != reply.sourcePort {
            translations.insert(.destinationTranslated)
        }
        if original.source != reply.destination || hasPorts && original.sourcePort != reply.destinationPort {
            translations.insert(.sourceTranslated)
        }
        return translations
    }

    /// The interface that rules see: what a logged packet showed, else the captured one, where that is the one to which the host's
    /// addresses belong. Of a bridge's port, a tagged frame on a trunk or a bond's member rules see another, and may where a macvlan is on top.
    func ruleInterface(
        _ logged: InterfaceIndex, _ captured: DirectionCounts.TapCounts?
    ) -> InterfaceIndex? {
        // Of packets that pass several, no one is that of all.
        if captured?.isSum ?? false { return nil }
        if logged != 0 { return logged }
        guard let captured, captured.interface != 0, !captured.isTagged, let own = facts.ownAddresses else {
            return nil
        }
        return own.isAlone(captured.interface) ? captured.interface : nil
    }

    /// Whether conntrack may have found a packet damaged that begins a session: a wrong checksum or length (`nf_conntrack_in`). It counts those,
    /// but for ICMP's.
    private func mayBeDamaged(_ key: FlowKey) -> Bool {
        key.transport.isICMP || facts.failures.map { $0.invalid > 0 } ?? true
    }

    /// What conntrack may say of packets of a session; `nil` where nobody knows.
    private func states(of session: Session, _ direction: FlowDirection) -> TrackingState? {
        let record = session.record
        let key = record.original
        guard record.facts.contains(.conntrack) else {
            // It keeps nothing of it, so every packet is the first that it sees.
            guard direction == .original, facts.lanes.contains(.conntrack), facts.isWhole(.conntrack),
                silence(of: session) == nil
            else {
                return nil
            }
            var states = TrackingState.new
            if search.chart?.hasHelpers == true { states.insert(.related) }
            let isQuery = !key.transport.isICMP || key.inverse.icmpType != key.icmpType
            let opensNothing = key.transport == .tcp && session.start == nil || !isQuery
            if opensNothing || mayBeDamaged(key) { states.insert(.invalid) }
            return states
        }
        // Of protocols with states also what does not fit them.
        let odd: TrackingState =
            key.transport == .tcp || key.transport == .sctp || key.transport == .dccp ? .invalid : []
        guard direction == .original else { return odd.union(.established) }
        let hasReplies = record.status.contains(.seenReply) || (session.conntrackCounters?.reply.packetCount ?? 1) > 0
        let first: TrackingState = record.status.contains(.expected) ? .related : .new
        return hasReplies ? [odd, first, .established] : odd.union(first)
    }
}
