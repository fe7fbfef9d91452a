internal import FlowModel

/// What each place counts of one direction of a session.
struct DirectionCounts {
    let direction: FlowDirection
    /// At the interface by which these packets enter the host; `nil` where that is not captured.
    private(set) var entering: TapCounts?
    /// At the interface by which they leave it.
    private(set) var leaving: TapCounts?
    /// Whether the capture's filter lets these packets through nowhere.
    let isFiltered: Bool
    /// Whether it lets none through where they leave.
    let lacksLeaving: Bool
    /// Whether it may let packets through and not their fragments.
    let lacksFragments: Bool
    /// Conntrack's total; `nil` where it has none.
    private(set) var total: Counters?
    /// What of it is from before the capture.
    let baseline: Counters
    /// Whether conntrack may have counted more than it told.
    let isUntold: Bool
    let logged: Counters
    let logPlace: LogPlace?
    /// The interfaces that logged packets showed.
    let path: PacketPath

    struct TapCounts {
        var counts: FrameCounts
        /// Where packets pass by several interfaces, the first of them.
        var interface: InterfaceIndex
        var isLowerBound: Bool
        /// Whether they pass it with the tag of a VLAN, which is an interface of its own.
        var isTagged = false
        /// Whether several interfaces each show a part of it, as two uplinks do.
        var isSum = false
    }

    init(_ compared: ComparedSession, _ direction: FlowDirection) {
        let session = compared.session
        func pick(_ counters: DirectionalCounters) -> Counters {
            direction == .original ? counters.original : counters.reply
        }
        self.direction = direction
        isUntold = compared.hasUntoldEnd
        let gaps = compared.gaps
        let lacksEntering = gaps.contains(direction == .original ? .originalIn : .replyIn)
        lacksLeaving = gaps.contains(direction == .original ? .originalOut : .replyOut)
        isFiltered = lacksEntering && lacksLeaving
        lacksFragments = gaps.contains(.fragments)
        total = session.conntrackCounters.map(pick)
        var before = compared.baseline.map(pick) ?? Counters()
        logged = session.nflog.map { pick($0.counters) } ?? Counters()
        logPlace = direction == .original ? session.nflog?.originalPlace : session.nflog?.replyPlace
        path = session.nflog?.path(of: direction) ?? PacketPath()
        var (ingress, egress): ([TapCounts], [TapCounts]) = ([], [])
        for (index, lane) in session.taps.lanes.enumerated() {
            let counts = TapCounts(
                counts: direction == .original ? lane.original : lane.reply, interface: lane.tap.interface,
                isLowerBound: lane.isLowerBound, isTagged: lane.vlan(direction) != nil)
            // Of a capture that does not say which way, the tap that saw the session first is where it enters.
            let way =
                lane.tap.direction == .unknown ? (index == 0 ? FrameDirection.ingress : .egress) : lane.tap.direction
            if (direction == .original ? way : way.opposite) == .ingress {
                ingress.append(counts)
            } else {
                egress.append(counts)
            }
        }
        // Of those that show the same, the one that rules name.
        func isNamed(_ tap: TapCounts) -> Bool { compared.ownInterfaces.contains(tap.interface) && !tap.isTagged }
        ingress = ingress.filter(isNamed) + ingress.filter { !isNamed($0) }
        egress = egress.filter(isNamed) + egress.filter { !isNamed($0) }
        let expected = total.map { $0.since(before) }
        if !lacksEntering {
            entering =
                Self.sum(ofSeparate: ingress, compared.separateInterfaces, expected)
                ?? Self.foremost(of: ingress, Self.one(of: ingress, expected))
        }
        if !lacksLeaving { leaving = Self.one(of: egress, expected) }
        // A capture that saw all that conntrack ever counted was there from the beginning, if it saw some before the first look.
        if let total, let seen = (entering ?? leaving)?.counts, total == seen.whole,
            let look = compared.baselineTime, seen.first < look
        {
            before = Counters()
        }
        baseline = before
    }

    /// The tap that saw more packets come in than the one that saw what conntrack counted: what a bridge's port sees and the bridge does not,
    /// was dropped between them. Segments and the aggregates of them are as many.
    private static func foremost(of taps: [TapCounts], _ one: TapCounts?) -> TapCounts? {
        guard let one, taps.count > 1, one.counts.unsplitCount == 0 else { return one }
        let more = taps.filter {
            $0.counts.wire.packetCount > one.counts.wire.packetCount && $0.counts.unsplitCount == 0
                && $0.counts.whole.packetCount > one.counts.whole.packetCount
        }
        return more.max { $0.counts.whole.packetCount < $1.counts.whole.packetCount } ?? one
    }

    /// What interfaces together show of packets that go one way.
    ///
    /// A bridge and its port show the same packets, two uplinks each a part of them. So what one interface shows by itself is taken
    /// where that is what conntrack counted, else their sum where conntrack counted as many or the one took over from the other.
    private static func one(of taps: [TapCounts], _ expected: Counters?) -> TapCounts? {
        let busy = taps.filter { !$0.counts.isEmpty }
        guard busy.count > 1 else { return busy.first ?? taps.first }
        if let exact = busy.first(where: { $0.counts.whole == expected }) { return exact }
        let ordered = busy.sorted { $0.counts.first < $1.counts.first }
        let isRelay = zip(ordered, ordered.dropFirst()).allSatisfy { $0.counts.last <= $1.counts.first }
        let sum = Self.sum(of: ordered)
        let fits = expected.map { sum.counts.whole.packetCount <= $0.packetCount } ?? false
        if isRelay || fits { return sum }
        return busy.max { $0.counts.whole.packetCount < $1.counts.whole.packetCount }
    }

    /// What comes in by interfaces of which none shows what another does; `nil` where it is not several that show something.
    ///
    /// Of what leaves, a second interface may show copies (TEE), which conntrack does not count.
    private static func sum(
        ofSeparate taps: [TapCounts], _ separate: Set<InterfaceIndex>, _ expected: Counters?
    ) -> TapCounts? {
        let busy = taps.filter { !$0.counts.isEmpty }
        // Two that each show just what conntrack counted show the same after all.
        guard busy.count(where: { $0.counts.whole == expected }) < 2 else { return nil }
        let interfaces = Set(busy.map(\.interface))
        guard busy.count > 1, interfaces.count == busy.count, interfaces.isSubset(of: separate) else { return nil }
        return sum(of: busy.sorted { $0.counts.first < $1.counts.first })
    }

    private static func sum(of taps: [TapCounts]) -> TapCounts {
        var sum = taps[0]
        for tap in taps.dropFirst() {
            sum.counts.add(tap.counts)
            sum.isLowerBound = sum.isLowerBound || tap.isLowerBound
        }
        sum.isSum = true
        return sum
    }

    /// Whether what leaves is what comes in, as on a loopback: conntrack counts it once, before it leaves.
    var isLoopback: Bool {
        guard let entering, let leaving else { return false }
        return entering.interface == leaving.interface && entering.counts.whole == leaving.counts.whole
    }

    /// What conntrack counted since the capture began.
    var tracked: Counters? { total.map { $0.since(baseline) } }

    /// The tap that conntrack is held against: it sees what comes, or what leaves where only that is captured.
    var tap: (counts: TapCounts, place: CountedPlace)? {
        entering.map { ($0, .captureIn) } ?? leaving.map { ($0, .captureOut) }
    }

    /// The same, as if none of these packets had left: what did may be copies of them.
    var unsent: DirectionCounts {
        var counts = self
        counts.leaving = nil
        return counts
    }

    /// Takes packets out of conntrack's total that it counted when the captures had ended, which it did of no more than left then. Only where
    /// some that came in did not get to it: else what it has more shows them.
    ///
    /// - Returns: those that are more than left before, and their bytes, or their share of them, where nobody knows which they are.
    mutating func takeLate(_ count: UInt64) -> (counters: Counters, isShare: Bool) {
        guard let total, let tracked, let entered = entering?.counts.whole, let left = leaving?.counts.whole,
            !isUntold, !isLoopback, tracked.packetCount < entered.packetCount
        else { return (Counters(), false) }
        let packets = min(count, tracked.packetCount.lacking(left.packetCount))
        var late = Counters(
            packetCount: packets, byteCount: tracked.byteCount.share(packets, of: tracked.packetCount))
        var isShare = packets < tracked.packetCount
        // Where the others are just those that came in, or left, so are their bytes.
        for others in [entered, left] where tracked.packetCount - packets == others.packetCount {
            (late.byteCount, isShare) = (tracked.since(others).byteCount, false)
        }
        self.total = total.since(late)
        return (late, isShare)
    }

    /// Whether nothing of this direction was counted anywhere.
    var isEmpty: Bool {
        (tracked?.packetCount ?? 0) == 0 && logged.packetCount == 0 && (entering?.counts.isEmpty ?? true)
            && (leaving?.counts.isEmpty ?? true)
    }
}

extension Counters {
    /// How much more this is; 0 where it is less.
    func since(_ other: Counters) -> Counters {
        Counters(
            packetCount: packetCount > other.packetCount ? packetCount - other.packetCount : 0,
            byteCount: byteCount > other.byteCount ? byteCount - other.byteCount : 0)
    }
}
