internal import FlowModel

/// Whether a rule means certain packets.
enum RuleAnswer: Int, Comparable, Hashable {
    case no = 0
    /// It asks for what a session's tuple does not tell.
    case perhaps = 1
    case yes = 2

    static func < (left: RuleAnswer, right: RuleAnswer) -> Bool { left.rawValue < right.rawValue }

    init(_ isSo: Bool?) { self = isSo.map { $0 ? .yes : .no } ?? .perhaps }

    /// `nil` where it may be.
    var isSo: Bool? {
        switch self {
        case .no: false
        case .perhaps: nil
        case .yes: true
        }
    }

    var negated: RuleAnswer {
        switch self {
        case .no: .yes
        case .perhaps: .perhaps
        case .yes: .no
        }
    }
}

extension RuleMatch {
    /// Whether packets like these pass the tests; what is asked besides makes a yes a perhaps.
    func answer(to view: PacketView) -> RuleAnswer {
        let answer = tests.map { $0.answer(to: view) }.min() ?? .yes
        return isPlain ? answer : min(answer, .perhaps)
    }
}

extension RuleMatch {
    /// Whether all that it leaves out of a session it leaves out for what conntrack says of the packets.
    var choosesByStateAlone: Bool {
        isPlain
            && !tests.contains { test in
                switch test.subject {
                case .length, .mark: true
                default: false
                }
            }
    }

    /// Whether it means none that conntrack was told to look away from (`nft_ct_get_eval`).
    var asksForTracking: Bool {
        tests.contains { test in
            guard case .tracking(let asked) = test.subject else { return false }
            return asked.contains(.untracked) == test.isNegated && !asked.isEmpty
        }
    }
}

extension RuleMatch.Test {
    func answer(to view: PacketView) -> RuleAnswer {
        let answer = RuleAnswer(subject.isMet(by: view))
        return isNegated ? answer.negated : answer
    }
}

extension PacketView {
    /// Whether conntrack says one of these states.
    fileprivate func answer(toState asked: TrackingState) -> Bool? {
        if asked.isEmpty { return false }
        guard let states, !states.isEmpty else { return nil }
        return states.isSubset(of: asked) ? true : states.isDisjoint(with: asked) ? false : nil
    }

    /// Whether their session is translated in one of these ways.
    fileprivate func answer(toTranslation asked: TrackingState) -> Bool? {
        if !translations.subtracting(openTranslations).isDisjoint(with: asked) { return true }
        return openTranslations.isDisjoint(with: asked) ? false : nil
    }
}

extension RuleMatch.Subject {
    /// `nil` where the view does not tell.
    fileprivate func isMet(by view: PacketView) -> Bool? {
        let tuple = view.tuple
        func isIn(_ ranges: [AddressRange], _ address: IPAddress) -> Bool {
            ranges.contains { $0.contains(address, family: tuple.family) }
        }
        func isIn(_ ranges: [ClosedRange<UInt16>], _ port: UInt16) -> Bool {
            tuple.hasPorts && ranges.contains { $0.contains(port) }
        }
        switch self {
        case .source(let ranges): return view.hidesSource ? nil : isIn(ranges, tuple.source)
        case .destination(let ranges): return view.hidesDestination ? nil : isIn(ranges, tuple.destination)
        case .family(let family): return tuple.family == family
        case .transport(let protocols): return protocols.contains(tuple.transport)
        case .sourcePort(let ranges): return view.hidesSource && tuple.hasPorts ? nil : isIn(ranges, tuple.sourcePort)
        case .destinationPort(let ranges):
            return view.hidesDestination && tuple.hasPorts ? nil : isIn(ranges, tuple.destinationPort)
        case .eitherPort(let ranges):
            if tuple.hasPorts, view.hidesSource || view.hidesDestination { return nil }
            return isIn(ranges, tuple.sourcePort) || isIn(ranges, tuple.destinationPort)
        case .icmpType(let types):
            return tuple.icmp.map { types.contains($0.type) } ?? (tuple.transport.isICMP ? nil : false)
        case .inInterface(let names): return view.inInterface.map { Self.isNamed($0, names) }
        case .outInterface(let names): return view.outInterface.map { Self.isNamed($0, names) }
        case .tracking(let asked):
            let answers = [view.answer(toState: asked.subtracting(.translated)), view.answer(toTranslation: asked)]
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        case .sourceKind(let kinds): return view.hidesSource ? nil : view.sourceKind.map(kinds.contains)
        case .destinationKind(let kinds): return view.hidesDestination ? nil : view.destinationKind.map(kinds.contains)
        case .reversePath: return view.isExpected
        // Of a session's packets only the sum is known; see ``WatchedRule/canHaveTaken(_:at:)``.
        case .length: return nil
        case .laterFragment: return view.isFragmented
        case .mark(let value, let mask):
            // Programs set bits of their own (eBPF, tc): only those that rules set, they set alone.
            guard value != 0, value & ~view.markedBits == 0 else { return nil }
            guard let isSet = view.mark.map({ $0 & mask == value }) else { return nil }
            return isSet && mask & ~view.markedBits != 0 ? nil : isSet
        case .oneOf(let lists):
            let answers = lists.map { list in list.map { $0.answer(to: view) }.min() ?? .yes }
            return (answers.max() ?? .no).isSo
        }
    }

    static func isNamed(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
    }
}
