import FlowModel

extension LogLane {
    /// Nanoseconds within which the rules of one hook log a packet. The kernel may stamp each record anew.
    private static var repetitionSpan: UInt64 { 1_000_000 }

    /// Counts a packet of a session and learns its way and rule.
    ///
    /// A packet that several rules log comes several times and is counted once: of each direction only the packets of the
    /// group and hook that told of it first count, on the same side of the translation, and there a repetition is known by its
    /// bytes.
    ///
    /// - Parameter hash: the packet's tuple's.
    mutating func count(
        _ packet: borrowing PacketObservation, hash: UInt32, direction: FlowDirection, at time: Timestamp
    ) {
        let (isSameBytes, isOtherRule) = (packet.digest == lastDigest, packet.rule != lastRule)
        let isRepeated = isSameBytes && isOtherRule && time.nanoseconds(since: lastTime).magnitude < Self.repetitionSpan
        if !packet.verdict.isDenial { learnRule(of: packet) }
        learnWay(of: packet, direction: direction)
        if isRepeated { return }
        lastDigest = packet.digest
        lastTime = time
        lastRule = packet.rule
        guard !packet.isICMPError else {
            errorCount &+= 1
            return
        }
        guard isCounted(packet, hash: hash, direction: direction) else { return }
        add(packet, to: direction)
    }

    /// Whether a packet may be the one that was logged last, by a rule of another hook.
    ///
    /// - Parameter hold: nanoseconds for which it may be, where the kernel did not stamp it.
    func isLast(_ packet: borrowing PacketObservation, at time: Timestamp, hold: UInt64) -> Bool {
        time.nanoseconds(since: lastTime).magnitude < (packet.time == nil ? hold : Self.repetitionSpan)
    }

    /// Counts a denied packet of an attempt: each is logged once, by the rule that denied it, at whatever hook.
    mutating func countAttempt(_ packet: borrowing PacketObservation) {
        learnWay(of: packet, direction: .original)
        add(packet, to: .original)
    }

    private mutating func add(_ packet: borrowing PacketObservation, to direction: FlowDirection) {
        let one = Counters(packetCount: 1, byteCount: packet.byteCount)
        if packet.isLengthUnknown { isLowerBound = true }
        switch direction {
        case .original: counters.original = counters.original + one
        case .reply: counters.reply = counters.reply + one
        }
    }

    /// The first rule stays, unless it said no verdict: a rule that let the session in goes before one that merely logged it.
    private mutating func learnRule(of packet: borrowing PacketObservation) {
        let letsIn = packet.verdict == .accept
        guard verdict == .unknown, rule.isNone || letsIn else { return }
        rule = packet.rule
        verdict = packet.verdict
    }

    private mutating func learnWay(of packet: borrowing PacketObservation, direction: FlowDirection) {
        guard !packet.isICMPError else { return }
        switch direction {
        case .original: originalPath.learn(packet.path)
        case .reply: replyPath.learn(packet.path)
        }
        if let owner = packet.owner { self.owner = owner }
    }

    /// Whether the packet is from where its direction's packets are counted.
    private mutating func isCounted(
        _ packet: borrowing PacketObservation, hash: UInt32, direction: FlowDirection
    ) -> Bool {
        let place = LogPlace(group: packet.group, hook: packet.hook, tupleHash: hash)
        switch direction {
        case .original:
            originalPlace = originalPlace ?? place
            return originalPlace == place
        case .reply:
            replyPlace = replyPlace ?? place
            return replyPlace == place
        }
    }

    /// What was taken for the answer is the first direction after all.
    mutating func swapDirections() {
        swap(&counters.original, &counters.reply)
        swap(&originalPath, &replyPath)
        swap(&originalPlace, &replyPlace)
    }

    /// Takes over what another lane learned of the same packets, at hooks where they showed another tuple.
    mutating func merge(_ other: LogLane) {
        if originalPlace == nil, other.originalPlace != nil {
            originalPlace = other.originalPlace
            counters.original = other.counters.original
        }
        if replyPlace == nil, other.replyPlace != nil {
            replyPlace = other.replyPlace
            counters.reply = other.counters.reply
        }
        originalPath.fill(from: other.originalPath)
        replyPath.fill(from: other.replyPath)
        owner = owner ?? other.owner
        isLowerBound = isLowerBound || other.isLowerBound
        if verdict == .unknown, rule.isNone || other.verdict == .accept {
            rule = other.rule
            verdict = other.verdict
        }
        errorCount = max(errorCount, other.errorCount)
    }

    /// Adds what another lane learned of other packets of the same session.
    mutating func add(_ other: LogLane) {
        if originalPlace == other.originalPlace { counters.original = counters.original + other.counters.original }
        if replyPlace == other.replyPlace { counters.reply = counters.reply + other.counters.reply }
        let errors = errorCount &+ other.errorCount
        merge(other)
        errorCount = errors
    }
}

extension PacketPath {
    /// Takes from another what is not known here.
    fileprivate mutating func fill(from other: PacketPath) {
        var path = other
        path.learn(self)
        self = path
    }
}
