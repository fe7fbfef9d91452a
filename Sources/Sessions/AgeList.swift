import FlowModel

/// What packets told of a session, with its links in the ``AgeList``.
struct TrackedLane {
    /// What rules logged of the session, among the table's logs; `max` where none did.
    var log = UInt32.max
    /// The session's slot.
    var owner: UInt32 = .max
    /// Monotonic nanoseconds.
    var lastUsed: UInt64 = 0
    /// What rules denied of the session, in the ``DenialChains``.
    var denials = DenialChains.none
    /// Of a denied attempt: its place among the pairs of ``DeniedSessions``; `max` of those that are of no pair.
    var pair = UInt32.max
    /// What captures saw of the session, in the ``TapChains``, and flows at taps beyond those.
    var taps = TapChains.none
    var otherTapCount: UInt32 = 0
    /// Frames told that TCP closed the session.
    var isClosing = false
    /// The session is an open TCP connection, which may be silent for long: see ``PacketSessions``.
    var isLasting = false
    /// The session is a denied attempt's, and so among the ``DeniedSessions``.
    var isAttempt = false
    fileprivate var older: UInt32 = AgeList.end
    fileprivate var newer: UInt32 = AgeList.end
    fileprivate var isListed = false

    init(owner: UInt32 = .max) { self.owner = owner }

    fileprivate mutating func link(behind place: UInt32) { (older, newer, isListed) = (place, AgeList.end, true) }

    /// - Returns: its neighbours; `nil` where it is in no list.
    fileprivate mutating func unlink() -> (older: UInt32, newer: UInt32)? {
        guard isListed else { return nil }
        isListed = false
        return (older, newer)
    }
}

/// Lanes, from the one unused for longest to the one used last.
///
/// A doubly linked list through the lanes: every operation is O(1) and allocates nothing.
struct AgeList {
    static let end = UInt32.max

    private var head = end
    private var tail = end
    private(set) var count = 0

    /// The place of the lane unused for longest.
    var oldest: UInt32? { head == Self.end ? nil : head }

    /// Adds a lane as the one used last.
    mutating func append(_ place: UInt32, in lanes: inout Slab<TrackedLane>) {
        lanes[place].link(behind: tail)
        if tail == Self.end { head = place } else { lanes[tail].newer = place }
        tail = place
        count += 1
    }

    /// Takes a lane out; nothing happens where it is not in the list.
    mutating func remove(_ place: UInt32, in lanes: inout Slab<TrackedLane>) {
        guard let (older, newer) = lanes[place].unlink() else { return }
        if older == Self.end { head = newer } else { lanes[older].newer = newer }
        if newer == Self.end { tail = older } else { lanes[newer].older = older }
        count -= 1
    }

    /// Makes a lane the one used last.
    mutating func use(_ place: UInt32, in lanes: inout Slab<TrackedLane>) {
        guard tail != place else { return }
        remove(place, in: &lanes)
        append(place, in: &lanes)
    }
}
