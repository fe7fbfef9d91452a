import FlowModel

/// What captures saw of sessions: a chain of lanes for each of them, in the order in which the packets passed.
struct TapChains {
    /// What a session without any has.
    static let none = UInt32.max
    /// How many lanes a session has at most: one that passes a router has two, more on a host of bridges and containers.
    static let limit = 8

    private struct Link {
        var lane: TapLane
        /// Which tuple the packets showed: at a tap that does not know their way it may have been both.
        var tupleHash: UInt32
        var next = TapChains.none
    }

    private static let filler = Link(lane: TapLane(tap: Tap(interface: 0, direction: .unknown)), tupleHash: 0)

    private var links = Slab(filler: filler)

    /// How many places there are.
    var extent: Int { links.extent }

    /// Something of each of the cache lines that a flow needs.
    func front(of place: UInt32) -> UInt64 {
        links[place].lane.original.seen.byteCount &+ UInt64(bitPattern: links[place].lane.original.last.nanoseconds)
            &+ links[place].lane.reply.wire.byteCount &+ UInt64(links[place].next)
    }

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
        var tap = flow.tap
        var vlans = flow.vlans
        if direction == .reply { (tap.direction, vlans) = (tap.direction.opposite, vlans.reversed) }
        let known = links.count
        guard let place = place(of: tap, vlans, hash, in: &chain, at: flow.first) else { return .refused }
        if direction == .original {
            links[place].lane.original.add(flow.forward)
            links[place].lane.reply.add(flow.backward)
        } else {
            links[place].lane.original.add(flow.backward)
            links[place].lane.reply.add(flow.forward)
        }
        if flow.facts.contains(.lowerBound) { links[place].lane.isLowerBound = true }
        return links.count == known ? .known : .new
    }

    /// Whether packets went both ways, and more than one in the first: what was asked was answered, and that taken up.
    func areAnswered(_ chain: UInt32) -> Bool {
        var place = chain
        while place != Self.none {
            let lane = links[place].lane
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
            if links[place].tupleHash == hash, links[place].lane.tap == tap, links[place].lane.vlans.fits(vlans) {
                links[place].lane.vlans.complete(by: vlans)
                return place
            }
            if links[place].lane.first <= first { before = place }
            count += 1
            place = links[place].next
        }
        guard count < Self.limit else { return nil }
        let new = links.insert(Link(lane: TapLane(tap: tap), tupleHash: hash))
        links[new].lane.vlans = vlans
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
            if links[place].lane.tap == Tap(interface: tap.interface, direction: way),
                links[place].lane.vlans.fits(vlans)
            {
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
            links[place].lane.swapDirections()
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
            let link = links[place]
            links.remove(place)
            place = link.next
            guard
                let own = self.place(
                    of: link.lane.tap, link.lane.vlans, link.tupleHash, in: &chain, at: link.lane.first)
            else {
                refusedCount &+= 1
                continue
            }
            links[own].lane.original.add(link.lane.original)
            links[own].lane.reply.add(link.lane.reply)
            links[own].lane.isLowerBound = links[own].lane.isLowerBound || link.lane.isLowerBound
        }
        return refusedCount
    }

    mutating func remove(_ chain: UInt32) {
        var place = chain
        while place != Self.none {
            let next = links[place].next
            links.remove(place)
            place = next
        }
    }

    /// The lanes as outputs see them: the first one, and the first where packets go the other way, as they do where they leave the host;
    /// then the others.
    func list(_ chain: UInt32, isLowerBound: Bool, otherCount: UInt32) -> Taps {
        var taps = Taps()
        guard chain != Self.none else { return taps }
        let second = second(of: chain)
        for place in [chain, second] where place != Self.none {
            var lane = links[place].lane
            lane.isLowerBound = lane.isLowerBound || isLowerBound
            taps.append(lane)
        }
        taps.otherCount = otherCount
        var place = links[chain].next
        while place != Self.none {
            if place != second {
                var lane = links[place].lane
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
            if links[place].lane.tap.direction != links[chain].lane.tap.direction { return place }
            place = links[place].next
        }
        return links[chain].next
    }

    /// Calls `body` with each interface.
    func forEachInterface(_ chain: UInt32, _ body: (InterfaceIndex) -> Void) {
        var place = chain
        while place != Self.none {
            if links[place].lane.tap.interface != 0 { body(links[place].lane.tap.interface) }
            place = links[place].next
        }
    }
}
