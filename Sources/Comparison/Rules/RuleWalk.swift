internal import FlowModel

/// The way of certain packets through the firewall's rules: who may have denied, untracked or logged them on it.
///
/// Hooks come in the kernel's order, chains by their priorities (`enum nf_ip_hook_priorities`). An accept ends its base chain only,
/// a drop all. A rule that asks for what nobody knows may take the packets or not, so behind it nothing is sure.
struct RuleWalk {
    private(set) var suspects: [RuleSuspect] = []

    private let chart: RuleChart
    private let views: RuleViews
    /// What the chain that is walked through sees, and where it is.
    private var view: PacketView
    private var place = HookPlace(.prerouting, 0)
    private var isUntracked = RuleAnswer.no
    private var hidesSource = false
    private var hidesDestination = false
    private var isDiverted = false
    private var mark: UInt32?
    private var precedent: RulePrecedent
    /// Rules that may still be looked at: chains that lead to each other again and again could take for ever.
    private var budget = 200_000

    /// What becomes of packets that come to a chain.
    private struct Fate {
        var accepted = RuleAnswer.no
        var denied = RuleAnswer.no
        /// Whether they come back to where they came from.
        var comesBack = RuleAnswer.no
        /// Whether they surely did not come that far: a rule that would have counted them did not.
        var isMissed = false
    }

    init(_ chart: RuleChart, _ views: RuleViews) { self.init(chart, views, isOfFirst: false) }

    private init(_ chart: RuleChart, _ views: RuleViews, isOfFirst: Bool) {
        self.chart = chart
        self.views = views
        view = views.untranslated
        mark = chart.marksMayPrecede ? nil : views.mark
        precedent = RulePrecedent(isOfFirst: isOfFirst)
        if !views.firstStates.isEmpty { precedent.learn(RuleWalk(chart, views.first, isOfFirst: true).precedent) }
        walk()
        walkBridges()
        join()
    }

    private mutating func walk() {
        if views.isLoop {
            // From the host to itself: out by the loopback, and in again.
            var reach = RuleAnswer.yes
            for hook in [NetfilterHook.output, .postrouting, .ingress, .prerouting, .input] {
                reach = pass(hook, reach, by: .yes)
            }
            return
        }
        let cameIn = views.mayBeBridged ? min(views.isOwn.negated, .perhaps) : views.isOwn.negated
        var coming = pass(.ingress, cameIn, by: cameIn)
        coming = pass(.prerouting, coming, by: cameIn)
        let isForHost =
            hidesDestination || views.mayHaveGoneElsewhere
            ? .perhaps : isDiverted ? max(views.isForHost, .perhaps) : views.isForHost
        let goesOn = min(cameIn, isForHost.negated)
        _ = pass(.input, min(coming, isForHost), by: min(cameIn, isForHost))
        let forwarded = pass(
            .forward, views.isRouted || views.mayHaveGoneElsewhere ? min(coming, goesOn) : .no, by: goesOn)
        let own = pass(.output, views.isOwn, by: views.isOwn)
        let leaving = pass(.postrouting, max(forwarded, own), by: max(goesOn, views.isOwn))
        _ = pass(.egress, leaving, by: max(goesOn, views.isOwn))
    }

    private mutating func walkBridges() {
        for base in chart.bridges {
            enter(base)
            // A bridge calls them by its ports.
            (view.inInterface, view.outInterface) = (nil, nil)
            precedent.enter(isSure: false)
            _ = walk(base.chain, .perhaps, 0)
        }
    }

    /// The chains of a hook.
    ///
    /// - Parameters:
    ///   - reach: whether the packets come to it.
    ///   - way: whether those do that nobody denied before it.
    /// - Returns: whether they come behind it.
    private mutating func pass(_ hook: NetfilterHook, _ reach: RuleAnswer, by way: RuleAnswer) -> RuleAnswer {
        var reach = reach
        for group in chart.bases[hook] ?? [] where reach != .no {
            let start = suspects.count
            var denials: [RuleAnswer] = []
            for base in group where base.sees(views.untranslated.tuple.family) {
                enter(base)
                let isSeen = min(answer(base.devices), base.seesFirstPacketsOnly && views.isTracked ? .perhaps : .yes)
                guard isSeen != .no else { continue }
                precedent.enter(isSure: isSeen == .yes && way == .yes)
                let fate = walk(base.chain, min(reach, isSeen), 0)
                if fate.isMissed, isSeen == .yes { return .no }
                if fate.denied != .no { denials.append(min(isSeen, fate.denied)) }
            }
            // Nobody knows which of them comes first.
            if denials.count > 1 {
                for index in suspects.indices.dropFirst(start) where suspects[index].deed == .deny {
                    suspects[index].answer = min(suspects[index].answer, .perhaps)
                }
            }
            reach = min(reach, (denials.max() ?? .no).negated)
        }
        return reach
    }

    private mutating func enter(_ base: RuleChart.Base) {
        place = base.place
        view = views.view(at: place, translates: base.seesFirstPacketsOnly)
        show()
    }

    /// What earlier rules did changes what later ones see.
    private mutating func show() {
        (view.hidesSource, view.hidesDestination) = (hidesSource, hidesDestination)
        (view.mark, view.markedBits) = (mark, chart.markedBits)
        // Another destination may lie behind another interface.
        if hidesDestination, view.outInterface != "" { view.outInterface = nil }
        if hidesSource { view.openTranslations.insert(.sourceTranslated) }
        if hidesDestination { view.openTranslations.insert(.destinationTranslated) }
        if !place.isBeforeConntrack { showTracking() }
    }

    private mutating func showTracking() {
        switch isUntracked {
        case .yes: (view.states, view.translations, view.openTranslations) = (.untracked, [], [])
        case .perhaps: view.states?.insert(.untracked)
        case .no: break
        }
    }

    /// Whether the packets pass one of a chain's devices.
    private func answer(_ devices: [String]) -> RuleAnswer {
        guard !devices.isEmpty else { return .yes }
        let name = place.hook == .egress ? view.outInterface : view.inInterface
        return RuleAnswer(name.map { RuleMatch.Subject.isNamed($0, devices) })
    }

    /// - Parameters:
    ///   - reach: whether the packets come to the chain. What is returned holds for those that do.
    ///   - isReached: whether all do that come to the base chain from which rules lead to it.
    private mutating func walk(_ chain: Int, _ reach: RuleAnswer, _ depth: Int, isReached: Bool = true) -> Fate {
        var fate = Fate()
        if chart.chains[chain].hasGone { precedent.enterChanged() }
        // Whether they come to the next rule.
        var rest = chart.chains[chain].hasGone ? RuleAnswer.perhaps : .yes
        // Where nobody may have taken any, all come back, by whatever rule.
        var isOpen: Bool { fate.accepted == .no && fate.denied == .no }
        for (index, hint) in chart.chains[chain].hints.enumerated() where !hint.excludes(view) {
            guard budget > 0 else {
                fate.denied = max(fate.denied, .perhaps)
                break
            }
            budget -= 1
            let step = chart.chains[chain].steps[index]
            let asked = step.match.answer(to: view)
            // A policy is for whatever nobody took, also for what returned or went through another chain to its end.
            let hit = step.isPolicy ? (isOpen ? .yes : max(rest, fate.comesBack)) : min(rest, asked)
            guard hit != .no else { continue }
            if step.isIdle {
                // Packets that are known to have passed did so somehow; others got lost on their way here.
                guard hit == .yes, views.reach != .end else { continue }
                fate.isMissed = true
                return fate
            }
            if precedent.clears(step, hit, view, isPassed: views.someRefute(place)) { continue }
            precedent.pass(step, hit, view)
            note(step, min(reach, hit), isReached: isReached && rest == .yes)
            guard let verdict = step.verdict else { continue }
            if step.denies, views.pass(place) { continue }
            var taken = RuleAnswer.yes
            switch verdict {
            case .accept: fate.accepted = max(fate.accepted, hit)
            case .drop, .reject:
                suspect(step, .deny, min(reach, hit))
                fate.denied = max(fate.denied, step.sinceBefore(hit))
            case .queue:
                suspect(step, .deny, .perhaps, mayPass: true)
                fate.accepted = max(fate.accepted, hit)
                fate.denied = max(fate.denied, .perhaps)
            case .return: fate.comesBack = max(fate.comesBack, hit)
            case .jump, .goto, .unknown:
                guard let target = step.target, depth < FirewallChain.greatestDepth else {
                    suspect(step, .deny, .perhaps, mayPass: true)
                    fate.denied = max(fate.denied, .perhaps)
                    taken = .perhaps
                    break
                }
                let inner = walk(target, min(reach, hit), depth + 1, isReached: isReached && hit == .yes)
                if inner.isMissed {
                    guard hit == .yes else { continue }
                    fate.isMissed = true
                    return fate
                }
                fate.accepted = max(fate.accepted, min(hit, inner.accepted))
                fate.denied = max(fate.denied, min(hit, inner.denied))
                if case .jump = verdict {
                    taken = inner.comesBack.negated
                } else {
                    fate.comesBack = max(fate.comesBack, min(hit, inner.comesBack))
                }
            }
            rest = min(rest, min(asked, step.sinceBefore(taken)).negated)
        }
        fate.comesBack = isOpen ? .yes : max(rest, fate.comesBack)
        return fate
    }

    /// - Parameter isReached: whether every one of the packets that came to the base chain comes to it, whether it means them or not.
    private mutating func note(_ step: RuleChart.Step, _ answer: RuleAnswer, isReached: Bool) {
        for effect in step.effects {
            switch effect {
            case .log(let group, _): suspect(step, .log(group: group), answer, isReached: isReached)
            case .untrack:
                suspect(step, .untrack, answer)
                isUntracked = max(isUntracked, step.sinceBefore(answer))
                // At once, also for the chain's own next rules.
                showTracking()
            case .copy: suspect(step, .copy, answer)
            case .translateSource: hidesSource = hidesSource || !views.isTracked
            case .translateDestination:
                if place.isBeforeRouting { suspect(step, .translate, answer) }
                hidesDestination = hidesDestination || !views.isTracked
            case .divert:
                suspect(step, .divert, answer)
                isDiverted = true
            case .mark(let change):
                if place.isBeforeRouting { suspect(step, .mark(change), answer) }
                setMark(step.sinceBefore(answer) == .yes ? change?.applied(to: mark) : nil)
                isDiverted = isDiverted || chart.hasProxies
            case .restoreMark:
                // Their session has none, where what they came with is known.
                guard let set = mark, set != 0 else { break }
                if place.isBeforeRouting { suspect(step, .mark(nil), answer) }
                setMark(nil)
            case .limitEvents: suspect(step, .limitEvents, answer)
            case .helper: break
            }
        }
    }

    /// For the chain's own next rules, too.
    private mutating func setMark(_ mark: UInt32?) {
        self.mark = mark
        view.mark = mark
    }

    private mutating func suspect(
        _ step: RuleChart.Step, _ deed: RuleSuspect.Deed, _ answer: RuleAnswer, isReached: Bool = true,
        mayPass: Bool = false
    ) {
        suspects.append(
            RuleSuspect(
                rule: step.number, deed: deed, answer: answer, place: place, isReached: isReached, mayPass: mayPass))
    }

    /// Each rule once, with the place where it is most sure.
    private mutating func join() {
        struct Deed: Hashable {
            var rule: Int
            var deed: RuleSuspect.Deed
        }
        var places: [Deed: Int] = [:]
        var joined: [RuleSuspect] = []
        for suspect in suspects {
            let key = Deed(rule: suspect.rule, deed: suspect.deed)
            if let place = places[key] {
                if joined[place].answer < suspect.answer { joined[place] = suspect }
            } else {
                places[key] = joined.count
                joined.append(suspect)
            }
        }
        suspects = joined
    }
}
