import FlowModel

/// A filter as it is evaluated: a ``DecisionList`` whose tests are an operation and plain numbers, all of one size.
///
/// Every event of the stream and every row of a dump runs through it: no text is looked at, nothing is allocated, counted or
/// copied, and the session is read where it lies.
struct SessionProgram: Sendable {
    private var steps: [FilterStep] = []
    private var patterns: [NamePattern] = []
    private let start: Int32

    init(_ tree: BooleanTree<SessionTest>) {
        let list = DecisionList(tree)
        start = list.start
        steps = list.steps.map { FilterStep($0, patterns: &patterns) }
    }

    /// Whether the session passes.
    ///
    /// - Complexity: O(tests); allocates nothing.
    func admits(_ session: borrowing Session, interfaces: borrowing InterfaceNames, now: Timestamp) -> Bool {
        let steps = steps.span
        var place = start
        while place < DecisionList<SessionTest>.reject {
            let index = Int(place)
            // The operation by itself: the jump that it decides does not wait for the rest of the step.
            let passes = answer(steps[index].operation, steps[index], session, interfaces, now) == steps[index].wanted
            place = passes ? steps[index].onTrue : steps[index].onFalse
        }
        return place == DecisionList<SessionTest>.accept
    }

    // MARK: Asking

    @inline(__always)
    private func answer(
        _ operation: FilterStep.Operation, _ step: borrowing FilterStep, _ session: borrowing Session,
        _ interfaces: borrowing InterfaceNames, _ now: Timestamp
    ) -> FilterAnswer {
        switch operation {
        case .family: FilterAnswer(session.record.original.family == step.family)
        case .transport: Self.answer(step, UInt64(session.record.original.transport.rawValue))
        case .source: Self.answer(step, session.record.original.source, session)
        case .destination: Self.answer(step, session.record.original.destination, session)
        case .sourcePort:
            session.record.hasSourcePort
                ? Self.answer(step, UInt64(session.record.original.sourcePort)) : .unknown
        case .destinationPort:
            session.record.hasDestinationPort
                ? Self.answer(step, UInt64(session.record.original.destinationPort)) : Self.answerOfScan(step, session)
        case .translatedSource:
            session.record.sourceIsTranslated
                ? Self.answer(step, session.record.reply.destination, session) : .unknown
        case .translatedDestination:
            session.record.destinationIsTranslated
                ? Self.answer(step, session.record.reply.source, session) : .unknown
        case .translatedSourcePort: Self.answer(step, session.record.translatedSourcePort)
        case .translatedDestinationPort: Self.answer(step, session.record.translatedDestinationPort)
        case .zone, .mark, .state, .status, .conntrackLane, .helper, .helperPattern:
            answerOfConntrack(step, session)
        case .bytes, .packets, .byteRate, .packetRate, .duration, .start, .age, .exactness, .attempts:
            Self.answerOfAmounts(step, session, now)
        case .denied: Self.answerOfDenial(session)
        case .packetLane: FilterAnswer(session.record.facts.contains(.packet))
        case .vlan: Self.answer(step, session.vlan.map { UInt64($0) })
        case .ingress, .ingressPattern, .egress, .egressPattern: answerOfWay(step, session, interfaces)
        default: answerOfPackets(step, session, interfaces)
        }
    }

    private func answerOfConntrack(_ step: borrowing FilterStep, _ session: borrowing Session) -> FilterAnswer {
        let isTracked = session.record.facts.contains(.conntrack)
        switch step.operation {
        case .state:
            guard session.record.tcpState != .none else { return .unknown }
            return FilterAnswer(UInt64(session.record.tcpState.rawValue) == step.low)
        case .conntrackLane: return FilterAnswer(isTracked)
        case _ where !isTracked: return .unknown
        case .zone: return Self.answer(step, UInt64(session.record.original.zone))
        // The kernel leaves a mark of 0 out of its messages.
        case .mark: return FilterAnswer(UInt64(session.mark ?? 0) & step.maskLow == step.low)
        case .status: return FilterAnswer(UInt64(session.record.status.rawValue) & step.low == step.low)
        case .helper: return FilterAnswer(UInt64(session.record.helper.rawValue) == step.low)
        default: return FilterAnswer(patterns[Int(step.low)].matches(session.record.helper))
        }
    }

    /// What only logged packets tell.
    private func answerOfPackets(
        _ step: borrowing FilterStep, _ session: borrowing Session, _ interfaces: borrowing InterfaceNames
    ) -> FilterAnswer {
        // Asking the lane itself would copy it.
        guard session.record.facts.contains(.nflog) else { return step.operation == .nflogLane ? .no : .unknown }
        switch step.operation {
        case .nflogLane: return .yes
        case .verdict: return Self.answerOfVerdict(step, session)
        case .rule, .rulePattern: return answerOfRule(step, session)
        case .physicalIngress, .physicalIngressPattern:
            let index = session.nflog?.physicalIngress ?? 0
            guard index != 0 else { return session.nflog?.beginsHere == true ? .no : .unknown }
            return answer(step, interfaces[index])
        case .physicalEgress, .physicalEgressPattern:
            let index = session.nflog?.physicalEgress ?? 0
            guard index != 0 else { return session.nflog?.endsHere == true ? .no : .unknown }
            return answer(step, interfaces[index])
        case .user: return Self.answer(step, session.nflog?.owner.map { UInt64($0.userID) })
        case .userGroup: return Self.answer(step, session.nflog?.owner.map { UInt64($0.groupID) })
        default:
            let sender = session.nflog?.originalPath.sender ?? .none
            return sender.isNone ? .unknown : FilterAnswer(sender.bits == step.low)
        }
    }

    /// By which interface it comes or leaves; logged packets and captures tell.
    private func answerOfWay(
        _ step: borrowing FilterStep, _ session: borrowing Session, _ interfaces: borrowing InterfaceNames
    ) -> FilterAnswer {
        // Asking the lanes themselves would copy them.
        guard !session.record.facts.isDisjoint(with: [.nflog, .packet]) else { return .unknown }
        switch step.operation {
        case .ingress, .ingressPattern:
            let index = session.ingress
            guard index != 0 else { return session.nflog?.beginsHere == true ? .no : .unknown }
            return answer(step, interfaces[index])
        default:
            let index = session.egress
            guard index != 0 else { return session.nflog?.endsHere == true ? .no : .unknown }
            return answer(step, interfaces[index])
        }
    }

    /// A session has the verdict of the rule that says most of its fate, and those of all that denied packets of it.
    private static func answerOfVerdict(_ step: borrowing FilterStep, _ session: borrowing Session) -> FilterAnswer {
        let verdict = session.verdict
        if verdict != .unknown, UInt64(verdict.rawValue) == step.low { return .yes }
        for index in session.denials.indices where UInt64(session.denials[index].verdict.rawValue) == step.low {
            return .yes
        }
        let areTold = session.denials.otherRuleCount == 0
        return verdict == .unknown || !areTold ? .unknown : .no
    }

    /// The rule that let it in, or merely logged it, and all that denied packets of it.
    private func answerOfRule(_ step: borrowing FilterStep, _ session: borrowing Session) -> FilterAnswer {
        let rule = session.nflog?.rule ?? .none
        if !rule.isNone, answer(step, rule) == .yes { return .yes }
        for index in session.denials.indices where answer(step, session.denials[index].rule) == .yes { return .yes }
        // Of so many rules that they were not told apart it may be one.
        if session.denials.otherRuleCount > 0 { return .unknown }
        let isUnknown = session.denials.isEmpty
        return rule.isNone && isUnknown ? .unknown : .no
    }

    private static func answerOfDenial(_ session: borrowing Session) -> FilterAnswer {
        if session.record.facts.contains(.denied) { return .yes }
        if session.record.facts.contains(.conntrack) { return .no }
        return session.verdict == .unknown ? .unknown : .no
    }

    /// A scan's ports are known by the lowest and the highest alone.
    private static func answerOfScan(_ step: borrowing FilterStep, _ session: borrowing Session) -> FilterAnswer {
        guard let ports = session.denials.scannedPorts else { return .unknown }
        let (low, high) = (UInt64(ports.lowerBound), UInt64(ports.upperBound))
        let asked = step.low...step.high
        guard asked.overlaps(low...high) else { return .no }
        return asked.contains(low) || asked.contains(high) ? .yes : .unknown
    }

    /// Whether a name is meant; `nil` is one that is not known.
    private func answer(_ step: borrowing FilterStep, _ name: NameID?) -> FilterAnswer {
        guard let name else { return .unknown }
        let number = step.low
        return FilterAnswer(
            step.operation.isPattern ? patterns[Int(number)].matches(name) : UInt64(name.rawValue) == number)
    }

    private static func answerOfAmounts(
        _ step: borrowing FilterStep, _ session: borrowing Session, _ now: Timestamp
    ) -> FilterAnswer {
        switch step.operation {
        case .bytes: return answer(step, session.total?.byteCount, isExact: session.isExact)
        case .packets: return answer(step, session.total?.packetCount, isExact: session.isExact)
        case .byteRate: return answer(step, session.bytesPerSecond)
        case .packetRate: return answer(step, session.packetsPerSecond)
        case .duration: return answer(step, session.duration(to: now))
        case .exactness: return FilterAnswer(UInt64(session.exactness.rawValue) == step.low)
        case .attempts:
            guard answerOfDenial(session) != .unknown else { return .unknown }
            return answer(step, session.denials.packetCount, isExact: session.nflog?.isLowerBound != true)
        case .age: return answer(step, session.start.map { UInt64(max(now.nanoseconds(since: $0), 0)) })
        default: return answer(step, session.start.map { $0.nanoseconds.ordered })
        }
    }

    @inline(__always)
    private static func answer(_ step: borrowing FilterStep, _ value: UInt64?) -> FilterAnswer {
        guard let value else { return .unknown }
        return answer(step, value)
    }

    @inline(__always)
    private static func answer(_ step: borrowing FilterStep, _ value: UInt64) -> FilterAnswer {
        let (low, high) = (step.low, step.high)
        return FilterAnswer(value >= low && value <= high)
    }

    /// Unknown also where a lower bound may grow into the range or out of it.
    private static func answer(_ step: borrowing FilterStep, _ amount: UInt64?, isExact: Bool) -> FilterAnswer {
        guard let amount else { return .unknown }
        if isExact { return answer(step, amount) }
        if amount > step.high { return .no }
        guard step.high == .max else { return .unknown }
        return amount >= step.low ? .yes : .unknown
    }

    @inline(__always)
    private static func answer(
        _ step: borrowing FilterStep, _ address: IPAddress, _ session: borrowing Session
    ) -> FilterAnswer {
        let difference = (address.high & step.maskHigh ^ step.high) | (address.low & step.maskLow ^ step.low)
        let isOfFamily = session.record.original.family == step.family
        return FilterAnswer(difference == 0 && isOfFamily)
    }
}

extension Session {
    /// Both directions together, of the best counters there are, as ``counters`` has them.
    @inline(__always)
    fileprivate var total: Counters? {
        record.facts.contains(.counters) ? record.counters.total : counters?.total
    }
}

extension LogLane {
    /// Whether the host itself began the session, so that it entered by no interface: its packets go through OUTPUT, and the
    /// answers through INPUT.
    fileprivate var beginsHere: Bool { originalPlace?.hook == 3 || replyPlace?.hook == 1 }

    /// Whether the session is with the host itself, so that it leaves by no interface.
    fileprivate var endsHere: Bool { originalPlace?.hook == 1 || replyPlace?.hook == 3 }
}
