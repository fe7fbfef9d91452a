import FlowModel

/// What captures saw of sessions: a chain of lanes for each of them, in the order in which the packets passed.
struct TapChains: ~Copyable {
    /// What a session without any has.
    static let none = UInt32.max
    /// How many lanes a session has at most: one that passes a router has two, more on a host of bridges and containers.
    static let limit = 8

    private var links = Slab(filler: TapLink(Tap(interface: 0, direction: .unknown), VLANs(), tupleHash: 0))
    private var odd = Slab(filler: TapLink.Odd())

    /// How many places there are.
    var extent: Int { links.extent }

    /// Something of each of the cache lines that a flow needs.
    func front(of place: UInt32) -> UInt64 { links[place].ahead }

    /// What became of a flow that was added.
    enum Addition {
        /// Its tap is one more of the session's.
        case new
        case known
        /// There is no room for one more tap.
        case refused
    }

    /// Adds what a flow came to.
    ///
    /// - Parameters:
    ///   - direction: which way of the session the flow's own packets go.
    ///   - hash: its tuple's.
    mutating func add(
        _ flow: borrowing FlowObservation, _ direction: FlowDirection, hash: UInt32, to chain: inout UInt32
    ) -> Addition {
        let tap = flow.tap
        switch direction {
        case .original:
            return add(flow.forward, flow.backward, of: flow, at: tap, flow.vlans, hash: hash, to: &chain)
        case .reply:
            let reversed = Tap(interface: tap.interface, direction: tap.direction.opposite)
            return add(flow.backward, flow.forward, of: flow, at: reversed, flow.vlans.reversed, hash: hash, to: &chain)
        }
    }

    /// The same, by the session's directions.
    private mutating func add(
        _ original: FrameCounts, _ reply: FrameCounts, of flow: borrowing FlowObservation, at tap: Tap,
        _ vlans: VLANs, hash: UInt32, to chain: inout UInt32
    ) -> Addition {
        let isLowerBound = flow.facts.contains(.lowerBound)
        // Most sessions have one lane, of plain counts.
        if chain != Self.none,
            links[chain].add(original, reply, tap, vlans, tupleHash: hash, isLowerBound: isLowerBound)
        {
            return .known
        }
        let known = links.count
        guard let place = place(of: tap, vlans, hash, in: &chain, at: flow.first) else { return .refused }
        add(original, reply, at: place)
        if isLowerBound { links[place].isLowerBound = true }
        return links.count == known ? .known : .new
    }

    private mutating func add(_ original: FrameCounts, _ reply: FrameCounts, at place: UInt32) {
        guard !links[place].add(original, reply) else { return }
        let apart = ensureOdd(place)
        if !original.isPlain { odd[apart].original.add(original) }
        if !reply.isPlain { odd[apart].reply.add(reply) }
    }

    private mutating func ensureOdd(_ place: UInt32) -> UInt32 {
        if links[place].odd == Self.none { links[place].odd = odd.insert(TapLink.Odd()) }
        return links[place].odd
    }

    /// When the first packet passed, either way.
    private func first(at place: UInt32) -> Timestamp {
        links[place].odd == Self.none ? links[place].first : lane(at: place).first
    }

    /// All that was counted at a place, as outputs see it.
    private func lane(at place: UInt32) -> TapLane {
        let link = links[place]
        var lane = TapLane(tap: link.tap)
        (lane.original, lane.reply) = (link.original.counts, link.reply.counts)
        (lane.isLowerBound, lane.vlans) = (link.isLowerBound, link.vlans)
        if link.odd != Self.none {
            lane.original.add(odd[link.odd].original)
            lane.reply.add(odd[link.odd].reply)
        }
        return lane
    }

    /// Whether packets went both ways, and more than one in the first: what was asked was answered, and that taken up.
    func areAnswered(_ chain: UInt32) -> Bool {
        var place = chain
        while place != Self.none {
            let lane = lane(at: place)
            if lane.original.seen.packetCount > 1, lane.reply.seen.packetCount > 0 { return true }
            place = links[place].next
        }
        return false
    }

    /// The lane of a tap, in its place by time where it is new.
    private mutating func place(
        of tap: Tap, _ vlans: VLANs, _ hash: UInt32, in chain: inout UInt32, at first: Timestamp
    ) -> UInt32? {
        var (before, place, count) = (Self.none, chain, 0)
        while place != Self.none {
            if links[place].takes(tap, vlans, tupleHash: hash) { return place }
            if self.first(at: place) <= first { before = place }
            count += 1
            place = links[place].next
        }
        guard count < Self.limit else { return nil }
        let new = links.insert(TapLink(tap, vlans, tupleHash: hash))
        if before == Self.none {
            links[new].next = chain
            chain = new
        } else {
            links[new].next = links[before].next
            links[before].next = new
        }
        return new
    }

    /// Whether the session's packets were seen at a tap before.
    func contains(_ tap: Tap, _ vlans: VLANs, _ direction: FlowDirection, in chain: UInt32) -> Bool {
        let way = direction == .original ? tap.direction : tap.direction.opposite
        let vlans = direction == .original ? vlans : vlans.reversed
        var place = chain
        while place != Self.none {
            if links[place].tap == Tap(interface: tap.interface, direction: way), links[place].vlans.fits(vlans) {
                return true
            }
            place = links[place].next
        }
        return false
    }

    /// What was taken for the answer is the first direction after all.
    mutating func swapDirections(in chain: UInt32) {
        var place = chain
        while place != Self.none {
            links[place].swapDirections()
            if links[place].odd != Self.none { odd[links[place].odd].swapDirections() }
            place = links[place].next
        }
    }

    /// Takes another session's lanes over, whose chain is gone then.
    ///
    /// - Returns: how many of them there was no room for.
    mutating func join(_ other: UInt32, to chain: inout UInt32) -> UInt32 {
        var refusedCount: UInt32 = 0
        var place = other
        while place != Self.none {
            let (link, first) = (links[place], first(at: place))
            let apart = link.odd == Self.none ? nil : odd[link.odd]
            remove(at: place)
            place = link.next
            guard let own = self.place(of: link.tap, link.vlans, link.tupleHash, in: &chain, at: first) else {
                refusedCount &+= 1
                continue
            }
            add(link.original.counts, link.reply.counts, at: own)
            if let apart { add(apart.original, apart.reply, at: own) }
            if link.isLowerBound { links[own].isLowerBound = true }
        }
        return refusedCount
    }

    mutating func remove(_ chain: UInt32) {
        var place = chain
        while place != Self.none {
            let next = links[place].next
            remove(at: place)
            place = next
        }
    }

    private mutating func remove(at place: UInt32) {
        if links[place].odd != Self.none { odd.remove(links[place].odd) }
        links.remove(place)
    }

    /// The lanes as outputs see them: the first one, and the first where packets go the other way, as they do where they leave the host;
    /// then the others.
    func list(_ chain: UInt32, isLowerBound: Bool, otherCount: UInt32) -> Taps {
        var taps = Taps()
        guard chain != Self.none else { return taps }
        let second = second(of: chain)
        for place in [chain, second] where place != Self.none {
            var lane = lane(at: place)
            lane.isLowerBound = lane.isLowerBound || isLowerBound
            taps.append(lane)
        }
        taps.otherCount = otherCount
        var place = links[chain].next
        while place != Self.none {
            if place != second {
                var lane = lane(at: place)
                lane.isLowerBound = lane.isLowerBound || isLowerBound
                taps.appendFurther(lane)
            }
            place = links[place].next
        }
        return taps
    }

    private func second(of chain: UInt32) -> UInt32 {
        var place = links[chain].next
        while place != Self.none {
            if links[place].tap.direction != links[chain].tap.direction { return place }
            place = links[place].next
        }
        return links[chain].next
    }

    /// Calls `body` with each interface.
    func forEachInterface(_ chain: UInt32, _ body: (InterfaceIndex) -> Void) {
        var place = chain
        while place != Self.none {
            if links[place].tap.interface != 0 { body(links[place].tap.interface) }
            place = links[place].next
        }
    }
}
