import FlowModel

// Where flows lie, and which of them go.

extension FlowTable {
    /// How many flows are looked at for one that has nothing to tell.
    private static var handReach: Int { 16 }
    /// Into how many drains a look at all places is divided.
    private static var sweepShare: Int { 32 }

    /// A place for one more flow; where there are too many, that of one that must make room.
    mutating func takePlace() -> Int {
        if let place = free.popLast() { return place }
        guard entries.count < limit else { return evict() }
        // What is reserved is no memory before it is used, and growing by parts would copy all flows again and again.
        if entries.count == entries.capacity { entries.reserveCapacity(entries.isEmpty ? min(limit, 1024) : limit) }
        entries.append(FlowEntry())
        let place = entries.count - 1
        if entries.count > indexCapacity { growIndex() }
        return place
    }

    /// Hands on what a flow has counted, as its place is taken over.
    mutating func retire(_ place: Int) {
        guard entries[place].state.contains(.changed) else { return }
        var flow = FlowObservation(key: entries[place].key, tap: entries[place].tap)
        take(place, &flow)
        retired.append(flow)
    }

    /// Puts down what a flow has counted, which begins to count anew.
    @inline(__always)
    mutating func take(_ place: Int, _ flow: inout FlowObservation) {
        entries[place].tell(&flow)
        if let odd = odd.take(&entries[place].odd) {
            flow.forward.add(odd.forward)
            flow.backward.add(odd.backward)
        }
        entries[place].clear()
    }

    /// Has a flow make room: one that has nothing to tell if there is one near.
    private mutating func evict() -> Int {
        var place = hand
        for step in 0..<min(Self.handReach, entries.count) {
            let candidate = (hand + step) % entries.count
            if !entries[candidate].state.contains(.changed) {
                place = candidate
                break
            }
        }
        hand = (place + 1) % entries.count
        if entries[place].state.contains(.changed) { figures.earlyFlowCount &+= 1 }
        retire(place)
        index.remove(hash(of: entries[place].key, entries[place].tap), place)
        return place
    }

    /// Forgets some of the flows that are over, or that no packet came of for long.
    mutating func sweep() {
        guard !entries.isEmpty else { return }
        let end = min(sweepPosition + max(entries.count / Self.sweepShare, 64), entries.count)
        for place in sweepPosition..<end
        where entries[place].state.contains(.used) && !entries[place].state.contains(.listed) {
            guard entries[place].isForgotten(at: now) else { continue }
            index.remove(hash(of: entries[place].key, entries[place].tap), place)
            entries[place].state = FlowEntry.State()
            free.append(place)
        }
        sweepPosition = end == entries.count ? 0 : end
    }

    private mutating func growIndex() {
        indexCapacity *= 2
        index.grow()
    }
}
