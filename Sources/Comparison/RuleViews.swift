internal import FlowModel

/// The packets of one direction of a session at each stage of their translation.
struct RuleViews {
    /// As they come in.
    var untranslated: PacketView
    /// With the destination that they go to, and the source that they come with.
    var routed: PacketView
    /// As they leave.
    var translated: PacketView
    /// Whether they came in by an interface, so that they are not this host's own.
    var comeIn: Bool
    /// Whether they left by one, so that they are not for this host.
    var leave: Bool

    /// What a rule at a place sees; `nil` where these packets never come to it.
    func view(at place: HookPlace) -> PacketView? {
        var view: PacketView
        switch place.hook {
        case .ingress: view = untranslated
        case .prerouting: view = place.priority < HookPlace.destinationNATPriority ? untranslated : routed
        case .input, .forward: view = routed
        case .output: view = place.priority < HookPlace.destinationNATPriority ? untranslated : routed
        case .postrouting: view = place.priority <= HookPlace.sourceNATPriority ? routed : translated
        case .egress: view = translated
        }
        switch place.hook {
        case .ingress, .prerouting: view.outInterface = nil
        case .input:
            if leave { return nil }
            view.outInterface = nil
        case .output:
            if comeIn { return nil }
            view.inInterface = nil
        case .forward, .postrouting, .egress: break
        }
        return view
    }
}
