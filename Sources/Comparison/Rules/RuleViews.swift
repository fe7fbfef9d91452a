internal import FlowModel

/// The packets of one direction of a session at each stage of their translation, and the way that they take through the host.
struct RuleViews: Hashable {
    /// As they come in.
    var untranslated: PacketView
    /// With the destination that they go to, and the source that they come with.
    var routed: PacketView
    /// As they leave.
    var translated: PacketView
    /// Whether they are the host's own, so that they did not come in.
    var isOwn: RuleAnswer
    /// Whether they are for the host, so that they do not leave.
    var isForHost: RuleAnswer
    /// Whether a bridge may forward them past the host's own hooks.
    var mayBeBridged = false
    /// Whether the host has a way for those that are not for it.
    var isRouted = true
    /// Whether the way that they would go now may not be the one that they went, nor the addresses those of the host that are so now.
    var mayHaveGoneElsewhere = false
    /// Whether the host's routing refuses them: then they are not for it either.
    var isRefused = false
    /// The mark that they come with; `nil` where nobody knows.
    var mark: UInt32?
    /// Whether some of them are pieces of datagrams.
    var hasPieces = false
    /// Whether conntrack keeps the session: then it tells the translation.
    var isTracked: Bool
    /// How far they surely came: no rule up to there denied them.
    var reach = Reach.host
    /// How far some of them came, whatever became of the others.
    var reachOfSome = Reach.host
    /// What conntrack said of the first of them, where that is known to have passed every rule while these rules stood; empty where not.
    var firstStates: TrackingState = []

    enum Reach {
        case host
        case conntrack
        /// To where conntrack confirms what it keeps: behind all of the host's own hooks.
        case confirmed
        /// Wherever anybody counts packets.
        case end
    }

    /// These as packets that conntrack counted: it counts none that it holds for invalid (`nf_conntrack_tcp_packet`).
    var counted: RuleViews {
        var views = self
        views.untranslated.states?.remove(.invalid)
        views.routed.states?.remove(.invalid)
        views.translated.states?.remove(.invalid)
        views.reach = .conntrack
        return views
    }

    /// These as packets that nobody denied.
    var passed: RuleViews {
        var views = self
        views.reach = .end
        return views
    }

    /// These as the first of them was.
    var first: RuleViews {
        var views = self
        (views.untranslated.states, views.routed.states, views.translated.states) = (
            firstStates, firstStates, firstStates
        )
        (views.reach, views.reachOfSome, views.firstStates) = (.host, .confirmed, [])
        return views
    }

    /// Whether they are known to have come behind a place.
    func pass(_ place: HookPlace) -> Bool { isReach(reach, behind: place) }

    /// Whether some of them are known to have come behind a place: nobody there takes them all.
    func someRefute(_ place: HookPlace) -> Bool { isReach(reachOfSome, behind: place) }

    private func isReach(_ reach: Reach, behind place: HookPlace) -> Bool {
        switch reach {
        case .host: false
        case .conntrack: place.isBeforeConntrack
        case .confirmed: isLoop ? place.hook == .output || place.hook == .postrouting : place.hook != .egress
        case .end: true
        }
    }

    /// Whether they go from the host to itself.
    var isLoop: Bool { isOwn == .yes && isForHost == .yes }

    /// What a chain at a place sees.
    ///
    /// - Parameter translates: whether it is where translations are decided.
    func view(at place: HookPlace, translates: Bool) -> PacketView {
        var view: PacketView
        switch place.hook {
        case .ingress: view = untranslated
        case .prerouting, .output:
            let isBefore = translates || place.priority < HookPlace.destinationNATPriority
            view = isBefore ? untranslated : routed
        case .input, .forward: view = routed
        case .postrouting: view = translates || place.priority <= HookPlace.sourceNATPriority ? routed : translated
        case .egress:
            view = translated
            // The host makes them behind its own hooks.
            view.isFragmented = nil
        }
        switch place.hook {
        case .ingress, .prerouting, .input: view.outInterface = ""
        case .output: view.inInterface = ""
        case .forward, .postrouting, .egress: break
        }
        if mayHaveGoneElsewhere {
            if view.outInterface != "" { view.outInterface = nil }
            (view.sourceKind, view.destinationKind, view.isExpected) = (nil, nil, nil)
        }
        // Conntrack has not looked at them yet (`nft_ct_get_eval`), but for those that come back in by the loopback.
        if place.isBeforeConntrack, !(place.hook == .prerouting && isLoop) {
            (view.states, view.translations) = (.invalid, [])
        } else if isTracked {
            // The first of them is not translated yet.
            let isEarly = place.hook == .prerouting || place.hook == .output || translates
            let isLate =
                place.hook == .egress || place.hook == .postrouting && place.priority > HookPlace.sourceNATPriority
            let open: TrackingState = isEarly ? .translated : isLate ? [] : .sourceTranslated
            view.openTranslations = view.translations.intersection(open)
        }
        return view
    }
}
