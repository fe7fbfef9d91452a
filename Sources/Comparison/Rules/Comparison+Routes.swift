internal import FlowModel

// Which way the host's routing has packets go.

extension Comparison {
    /// The interface by which the packets of one direction would leave now, where nobody captures that; they left, or should have, by another.
    mutating func uncapturedWay(of counts: DirectionCounts, _ session: Session) -> InterfaceIndex? {
        // What is captured may be a part of the interface that routes name: a bridge's port, a bond's member.
        guard let captured = facts.interfaces, let tap = counts.entering, ruleInterface(0, counts.leaving) != nil
        else { return nil }
        let (_, routed, _) = Self.tuples(of: session, counts.direction)
        let views = views(of: counts, session)
        guard case .interface(let way) = route(of: routed, from: ruleInterface(0, tap), .no, views, session),
            !captured.contains(way), !captured.contains(where: { interface($0) == interface(way) })
        else { return nil }
        return way
    }

    /// Why no more packets of one direction would leave now, where the host's routing refuses them.
    mutating func refusedWay(of counts: DirectionCounts, _ session: Session) -> String? {
        guard let tap = counts.entering, let interface = ruleInterface(0, tap) else { return nil }
        let (_, routed, _) = Self.tuples(of: session, counts.direction)
        let views = views(of: counts, session)
        guard route(of: routed, from: interface, .no, views, session) == .nowhere else { return nil }
        return Self.refusal(of: routed, by: self.interface(interface), mark(of: views, session) ?? 0)
    }

    private static func refusal(of tuple: FlowKey, by interface: String?, _ mark: UInt32) -> String {
        let (source, destination) = (
            tuple.source.description(family: tuple.family), tuple.destination.description(family: tuple.family)
        )
        if tuple.destination.isMulticast {
            return "nobody on the host listens to \(destination), and the host does not pass it on"
        }
        let (way, sign) = (
            interface.map { " iif \($0)" } ?? "", mark == 0 ? "" : " mark 0x\(String(mark, radix: 16))"
        )
        return
            "the host's routing refuses them, as ip route get \(destination) from \(source)\(way)\(sign) says: no way, a blackhole, forwarding that is off, or a source that may not come from there (rp_filter)"
    }

    /// Whether the host's routing may go by marks.
    private func goesByMarks(_ family: AddressFamily) -> Bool {
        facts.routing?.markedFamilies.contains(family) ?? true
    }

    /// The mark by which packets are routed; `nil` where nobody knows it.
    private mutating func mark(of views: RuleViews, _ session: Session) -> UInt32? {
        guard goesByMarks(views.routed.tuple.family) else { return 0 }
        // That may be given back to its packets.
        guard session.record.mark == 0 else { return nil }
        guard search.chart?.setsMarks == true else { return 0 }
        var mark: UInt32? = search.chart?.marksMayPrecede == true ? nil : 0
        for suspect in search.suspects(of: views) {
            guard case .mark(let change) = suspect.deed else { continue }
            mark = suspect.answer == .yes ? change?.applied(to: mark) : nil
        }
        return mark
    }

    /// What is said where the next host on the way of packets does not answer: the host drops what it has for it.
    mutating func silence(onWayOf counts: DirectionCounts, _ session: Session) -> [String] {
        guard reserves.stage == .final, let ask = facts.silentNeighbour else { return [] }
        let views = views(of: counts, session)
        let interface = ruleInterface(0, counts.entering)
        guard interface != nil || views.isOwn == .yes, let mark = mark(of: views, session),
            translator(of: views) == nil
        else { return [] }
        let tuple = views.routed.tuple
        guard let host = ask(RouteQuestion(of: tuple, inInterface: interface ?? 0, mark: mark)) else { return [] }
        let isNext = host == tuple.destination
        return [
            "\(host.description(family: tuple.family))\(isNext ? "" : ", the next on their way,") does not answer who looks for it on the link, as ip neigh says: the host drops what it has for it"
        ]
    }

    /// A rule that may have given packets another destination, of those of which conntrack does not tell it.
    mutating func translator(of views: RuleViews) -> Int? {
        guard !views.isTracked, search.chart?.translatesDestinations == true else { return nil }
        return search.suspects(of: views).first { $0.deed == .translate }?.rule
    }

    /// Why it was not asked where packets go: by marks that nobody knows there may be another way.
    mutating func doubt(_ views: RuleViews, _ session: Session) -> String? {
        guard facts.route != nil, let rules = facts.rules else { return nil }
        if let rule = translator(of: views) {
            return "rule \(rules.rules[rule].title) may have sent them elsewhere: where to was not asked"
        }
        guard mark(of: views, session) == nil else { return nil }
        let end = "by which the host's routing goes (ip rule): where these were to go was not asked"
        guard session.record.mark == 0 else {
            return "their session has the mark 0x\(String(session.record.mark, radix: 16)), \(end)"
        }
        let marker = search.suspects(of: views).first { if case .mark = $0.deed { true } else { false } }
        return marker.map { "rule \(rules.rules[$0.rule].title) may set marks, \(end)" }
    }

    /// Where packets go that nobody saw leave.
    mutating func route(
        of tuple: FlowKey, from interface: InterfaceIndex?, _ isFromHost: RuleAnswer, _ views: RuleViews,
        _ session: Session
    ) -> RouteQuestion.Answer? {
        // Who knows neither the interface nor whether they are the host's own would ask for another route; so with marks.
        guard let ask = facts.route, facts.rules?.isFinal == true, interface != nil || isFromHost == .yes,
            let mark = mark(of: views, session), translator(of: views) == nil
        else { return nil }
        return search.route(RouteQuestion(of: tuple, inInterface: interface ?? 0, mark: mark), ask)
    }

    /// Whether packets come in by the interface by which their source is reached; `nil` where that is not known: where the best way back is
    /// another, there may be one that is as good to who asks.
    mutating func isExpected(_ tuple: FlowKey, from interface: InterfaceIndex?) -> Bool? {
        // The kernel asks with the packet's destination as source, which is nobody's here: rules that look at it may lead elsewhere.
        guard search.chart?.reversePathFamilies.contains(tuple.family) == true, let interface, let ask = facts.route,
            facts.rules?.isFinal == true, facts.routing?.ruledFamilies.contains(tuple.family) == false,
            !tuple.source.isLinkLocal, search.takesWayBack()
        else { return nil }
        let nobody = tuple.family == .ipv4 ? IPAddress(ipv4: 0) : .unspecified
        let back = FlowKey(
            source: nobody, destination: tuple.source, transport: TransportProtocol(rawValue: 0), family: tuple.family)
        let isReached = search.route(RouteQuestion(of: back, inInterface: 0), ask) == .interface(interface)
        return isReached ? true : nil
    }

    /// Accounts for packets that the host's routing refuses, where no rule before it may have taken them.
    mutating func accountForRefusedRoute(_ short: inout Shortfall, _ views: RuleViews, _ session: Session) {
        guard views.isOwn == .no, let rules = facts.rules, !short.isAccountedFor else { return }
        guard views.isRefused else { return short.suspicions += [doubt(views, session)].compactMap(\.self) }
        let sentence = Self.refusal(
            of: views.routed.tuple, by: views.routed.inInterface, mark(of: views, session) ?? 0)
        let missing = short.rest
        let mayBeTaken = search.suspects(of: views).contains { suspect in
            let watched = rules.rules[suspect.rule]
            guard suspect.deed == .deny, watched.growth == nil || reserves.unclaimed(of: suspect.rule) > 0 else {
                return false
            }
            return watched.canHaveTaken(missing, at: suspect.place)
        }
        if mayBeTaken {
            short.suspicions.append(sentence)
        } else {
            short.account(.droppedAfterConntrack, isCertain: false, [sentence])
        }
    }
}
