/// The lanes of sessions that only packets told of, from the one unused for longest to the one used last, in two lists: an open TCP
/// connection may be silent for much longer than all else.
struct PacketSessions {
    private var brief = AgeList()
    private var lasting = AgeList()

    var count: Int { brief.count + lasting.count }

    /// The place of the lane unused for longest among those of each kind.
    var oldestBrief: UInt32? { brief.oldest }
    var oldestLasting: UInt32? { lasting.oldest }

    /// The place of the lane unused for longest of all.
    func oldest(in lanes: borrowing Slab<TrackedLane>) -> UInt32? {
        guard let first = brief.oldest, let second = lasting.oldest else { return brief.oldest ?? lasting.oldest }
        return lanes[second].lastUsed < lanes[first].lastUsed ? second : first
    }

    /// Adds a lane as the one used last.
    mutating func append(_ place: UInt32, in lanes: inout Slab<TrackedLane>) {
        if lanes[place].isLasting { lasting.append(place, in: &lanes) } else { brief.append(place, in: &lanes) }
    }

    /// Takes a lane out; nothing happens where it is in neither list.
    mutating func remove(_ place: UInt32, in lanes: inout Slab<TrackedLane>) {
        if lanes[place].isLasting { lasting.remove(place, in: &lanes) } else { brief.remove(place, in: &lanes) }
    }

    /// Makes a lane the one used last.
    mutating func use(_ place: UInt32, in lanes: inout Slab<TrackedLane>) {
        if lanes[place].isLasting { lasting.use(place, in: &lanes) } else { brief.use(place, in: &lanes) }
    }

    /// Makes a lane one that may be silent for long, and the one used last.
    mutating func prolong(_ place: UInt32, in lanes: inout Slab<TrackedLane>) {
        guard !lanes[place].isLasting else { return }
        brief.remove(place, in: &lanes)
        lanes[place].isLasting = true
        lasting.append(place, in: &lanes)
    }
}
