public import FlowModel
public import Wire

/// Adds frames up by flow and tap, for the one thread that reads them.
///
/// A pure state machine: frames go in, and now and then what they came to goes out as a batch; no clock, no lock. So a packet costs one
/// look at a table of its own, and the session table's lock is taken once for many.
public struct FlowTable: ~Copyable {
    /// How many flows are held if nothing else is said: 32 MiB.
    public static var defaultLimit: Int { 262_144 }
    /// How many flows a drain hands on at once: so few that all of them, and the sessions that they are of, are near.
    public static var drainLimit: Int { 512 }
    /// With so many flows that made room for others and were not handed on yet, one should not wait for the second to be over.
    private static var pressingCount: Int { 4_096 }
    /// Where more flows than this have changed, the busy ones gather for longer, as handing on is most of what many flows cost.
    public static var busyLimit: Int { 16_384 }
    /// Nanoseconds for which they do: with a turn a second, well within the 4 s for which ``PlainCounts`` have room.
    private static var busyTime: Int64 { 2_000_000_000 }
    /// Nanoseconds by which frames may be out of order.
    private static var greatestDisorder: Int64 { 1_000_000_000 }
    /// Fewer flows than this are near anyway.
    private static var warmCount: Int { 4_096 }
    /// The place of a flow that is not there.
    private static var nowhere: Int { .max }
    /// Room for frames that wait to be counted: the processor waits for the memory of all of them at once.
    private typealias Queue<Element> = InlineArray<64, Element>

    let hasher: KeyHasher
    let limit: Int
    /// Its owner tells it the time (``ForeignFrames/advance(to:)``).
    public var foreignFrames: ForeignFrames?
    var index: FlowIndex
    /// How many flows the index is for.
    var indexCapacity = 1024
    var entries: [FlowEntry] = []
    var odd = OddCounts()
    /// Places that are not in use.
    var free: [Int] = []
    /// Places whose flows have changed, in the order in which they did, and how many of them were handed on.
    var changed: [Int] = []
    private var drainedCount = 0
    /// Where the drain that is under way ends: what changes meanwhile is for the next one, or under a flood there would be none.
    private var drainEnd: Int?
    /// Those at the list's head that wait for a later turn.
    private var keptCount = 0
    /// What was counted of flows that had to make room, or whose tuple another one took over.
    var retired: [FlowObservation] = []
    private var drainedRetiredCount = 0
    /// Frames that wait to be counted, and how many of these places are taken.
    private var queue = Queue<FramePacket>(repeating: .none)
    private var hashes = Queue<UInt32>(repeating: 0)
    private var queued = 0
    /// Where their flows were when they were looked for: a guess, as what is counted of the others since may have changed that. Whoever uses
    /// it must see to it that the place is there, in use, and the flow's.
    private var places = Queue<Int>(repeating: 0)
    private var fragments = FragmentTrail()
    /// The time of the last frame: the only clock there is.
    var now = Timestamp(nanoseconds: 0)
    var figures = FrameFigures()
    /// Frames that could not be decoded, by what was wrong with them.
    private var faults = [UInt64](repeating: 0, count: WireFault.allCases.count)
    private var hasFaults = false
    /// Where the next look for a flow that can make room begins, and the next for those that are over.
    var hand = 0
    var sweepPosition = 0
    /// What was read ahead; kept, so that the compiler does not find the reading needless.
    private var sum: UInt64 = 0

    /// - Parameters:
    ///   - seed: random numbers that nobody outside can know, against chosen hash collisions.
    ///   - limit: how many flows are held. When there are more, those are told early that have waited for longest.
    ///   - foreignFrames: says which frames for other hosts are only counted, as the host does not get them; none, where it is `nil`.
    public init(seed: (UInt64, UInt64), limit: Int = defaultLimit, foreignFrames: ForeignFrames? = nil) {
        self.foreignFrames = foreignFrames
        hasher = KeyHasher(seed: seed)
        self.limit = max(limit, 16)
        index = FlowIndex(capacity: indexCapacity)
    }

    /// Counts a frame to its flow.
    ///
    /// - Complexity: O(1) on average; allocates nothing once there were as many flows before.
    public mutating func count(_ frame: borrowing Frame) { add(frame.bytes, frame.facts) }

    /// Counts the frames of a block in front of the first one that passed after `end`, which is the block's next one then.
    ///
    /// Cheaper than frame by frame: what no call takes is never put together in memory (Tests/Benchmarks).
    public mutating func count(framesOf block: inout RingBlock, until end: Timestamp = .distantFuture) {
        var facts = FrameFacts.none
        while let bytes = block.next(until: end, &facts) { add(bytes, facts) }
    }

    @inline(__always)
    private mutating func add(_ bytes: ByteReader, _ facts: borrowing FrameFacts) {
        figures.frameCount &+= 1
        if facts.isForOtherHost, isLeft(bytes, facts) {
            figures.foreignCount &+= 1
            return
        }
        do throws(WireFault) {
            try queue[queued].read(bytes, facts)
            // The clock may have been set back, or a record of a file have had a wrong one.
            let time = facts.time
            if time > now || now.nanoseconds(since: time) > Self.greatestDisorder { now = time }
            hashes[queued] = hash(of: queue[queued].key, queue[queued].tap)
            queued &+= 1
            if queued == queue.count { countWaiting() }
        } catch {
            // What is there as a whole was cut by nobody: its sender made it so short.
            let isWhole = bytes.count >= facts.originalLength
            note(error == .packetCut && isWhole ? .packetHeader : error)
        }
    }

    /// Whether a frame for another host is not for this one either.
    @inline(never)
    private mutating func isLeft(_ bytes: ByteReader, _ facts: borrowing FrameFacts) -> Bool {
        let address = facts.linkType == .ethernet ? bytes.slice(from: 0, to: 6).linkAddress : 0
        return foreignFrames?.leaves(address, from: facts.interface) ?? false
    }

    /// Whether so much waits to be handed on that one should not wait for the second to be over.
    public var isPressing: Bool { retired.count &- drainedRetiredCount >= Self.pressingCount }

    /// Appends what has come since the last call, flow by flow, and what was wrong with frames.
    ///
    /// - Parameter recent: where very many flows have changed, those that had packets since then and are known already may wait for one
    ///   of the next calls: who is as busy is not ending. `nil` where nothing may wait.
    /// - Returns: whether more is left; then call again, with an empty batch.
    public mutating func drain(into batch: inout ObservationBatch, leaving recent: Timestamp? = nil) -> Bool {
        countWaiting()
        tell(into: &batch)
        let end = drainEnd ?? changed.count
        drainEnd = end
        var room = Self.drainLimit
        while room > 0, drainedRetiredCount < retired.count {
            batch.append(retired[drainedRetiredCount])
            drainedRetiredCount &+= 1
            room &-= 1
        }
        if entries.count >= Self.warmCount { warmChanged(to: end) }
        while room > 0, drainedCount < end {
            let place = changed[drainedCount]
            drainedCount &+= 1
            if let recent, end > Self.busyLimit, entries[place].gathers(at: recent, for: Self.busyTime) {
                changed[keptCount] = place
                keptCount &+= 1
                continue
            }
            entries[place].state.remove(.listed)
            guard entries[place].state.contains(.changed) else { continue }
            batch.append(flow: entries[place].key, entries[place].tap) { take(place, &$0) }
            room &-= 1
        }
        guard drainedCount == end, drainedRetiredCount == retired.count else { return true }
        changed.removeSubrange(keptCount..<end)
        retired.removeAll(keepingCapacity: true)
        (drainedCount, drainedRetiredCount, keptCount, drainEnd) = (0, 0, 0, nil)
        sweep()
        return recent == nil && !changed.isEmpty
    }

    /// Appends what is no flow.
    private mutating func tell(into batch: inout ObservationBatch) {
        if figures != FrameFigures() {
            batch.append(.frames(figures))
            figures = FrameFigures()
        }
        guard hasFaults else { return }
        hasFaults = false
        for fault in WireFault.allCases {
            let count = faults[Int(fault.rawValue)]
            faults[Int(fault.rawValue)] = 0
            if count > 0 { batch.append(.loss(Loss(lane: .packet, cause: .malformed, count: count, fault: fault))) }
        }
    }

    @inline(never)  // as it is seldom called, from two places in the middle of what is done for each frame
    private mutating func note(_ fault: WireFault) {
        guard fault != .notIP else {
            figures.otherCount &+= 1
            return
        }
        faults[Int(fault.rawValue)] &+= 1
        hasFaults = true
    }

    // MARK: Counting

    /// The same for a flow and for its packets of either direction.
    ///
    /// Inlined: a call would copy the whole table to the stack, a sixth of what a packet costs here (Tests/Benchmarks).
    @inline(__always)
    func hash(of key: FlowKey, _ tap: Tap) -> UInt32 { hasher.hash(key) ^ tap.interface &* 0x9e37_79b1 }

    /// Counts the frames that wait.
    private mutating func countWaiting() {
        locate()
        var number = 0
        while true {
            number = Self.countUnderWay(queue.span, places.span, number..<queued, &entries)
            guard number < queued else { break }
            countFully(number)
            number &+= 1
        }
        queued = 0
    }

    private mutating func warmChanged(to end: Int) {
        var sum: UInt64 = 0
        for number in drainedCount..<min(drainedCount &+ Self.drainLimit, end) {
            sum &+= entries[changed[number]].ahead
        }
        self.sum = sum
    }

    /// Looks for the flows of the frames that wait.
    ///
    /// Among many flows each of them waits for memory twice, one after the other. These reads do not depend on each other, so that the
    /// processor waits for all of them at once. What is found is the first place of the hash: nearly always the flow's, unless one interface
    /// shows packets both ways, as that of a router on a stick does: its two flows have one hash, and of the second one each packet is looked
    /// for once more.
    private mutating func locate() {
        var sum: UInt64 = 0
        let isFar = entries.count >= Self.warmCount
        if isFar { for number in 0..<queued { sum &+= index.home(of: hashes[number]) } }
        for number in 0..<queued {
            var probe = index.probe(hashes[number])
            places[number] = index.next(&probe) ?? Self.nowhere
            if isFar, places[number] < entries.count { sum &+= entries[places[number]].ahead }
        }
        self.sum = sum
    }

    /// Does all that a packet may need. ``countUnderWay(_:_:_:_:_:)`` does the same for most packets, faster.
    private mutating func countFully(_ number: Int) {
        if queue[number].marks.contains(.fragment) { follow(number) }
        let hash = hashes[number]
        var probe = index.probe(hash)
        while let place = index.next(&probe) {
            guard let isForward = entries[place].isForward(queue[number]) else { continue }
            // The tuple of a connection that is over opens another one.
            let isNext = queue[number].marks.isOpening && entries[place].isEnding
            guard isNext || entries[place].isForgotten(at: queue[number].time) else {
                return count(number, at: place, isForward: isForward)
            }
            retire(place)
            return begin(number, at: place)
        }
        let place = takePlace()
        index.insert(hash, place)
        begin(number, at: place)
    }

    private mutating func begin(_ number: Int, at place: Int) {
        entries[place].begin(with: queue[number])
        count(number, at: place, isForward: entries[place].key == queue[number].key)
    }

    @inline(__always)
    private mutating func count(_ number: Int, at place: Int, isForward: Bool) {
        if !entries[place].state.contains(.listed) {
            entries[place].state.insert(.listed)
            changed.append(place)
        }
        let isPlain = queue[number].isPlain
        if !entries[place].count(queue[number], isForward: isForward, isPlain: isPlain) {
            retire(place)
            _ = entries[place].count(queue[number], isForward: isForward, isPlain: isPlain)
        }
        if !isPlain { odd.count(queue[number], isForward: isForward, at: &entries[place].odd) }
    }

    /// Gives a later fragment the tuple of the packet that it is a part of, as its first one showed it.
    private mutating func follow(_ number: Int) {
        let packet = queue[number]
        guard !packet.marks.contains(.error) else { return }
        let tap = UInt64(packet.tap.interface) ^ UInt64(packet.tap.direction.rawValue) << 30
        let identifier = UInt64(packet.fragment) | tap << 32
        let time = UInt64(bitPattern: packet.time.nanoseconds)
        let pair = hasher.hash(packet.key.withoutPorts)
        guard packet.marks.contains(.laterFragment) else {
            return fragments.remember(packet.key, identifier, hash: pair, at: time)
        }
        guard let key = fragments.tuple(of: packet.key, identifier, hash: pair, at: time) else { return }
        queue[number].key = key
        hashes[number] = hash(of: queue[number].key, queue[number].tap)
    }
}
