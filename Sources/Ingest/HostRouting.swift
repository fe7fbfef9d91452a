internal import FlowModel
internal import Wire

/// Asks rtnetlink for the rules of the host's routing.
struct HostRouting {
    private var policy = RoutingPolicy()

    /// Those of the thread's network namespace; `nil` where the kernel does not give the whole list. It needs no privilege.
    static var current: RoutingPolicy? {
        var found = HostRouting()
        let isWhole = try? NetlinkSocket.list(
            .route, NetlinkRequest.routingRuleDump(sequence: 1), for: "list the host's routing rules"
        ) { found.note($0) }
        return isWhole == true ? found.policy : nil
    }

    private mutating func note(_ message: borrowing NetlinkMessage) {
        guard let rule = try? RoutingRuleMessage(message) else { return }
        if !rule.isPlain { policy.ruledFamilies.insert(rule.family) }
        if rule.picksPackets { policy.pickedFamilies.insert(rule.family) }
        if rule.asksForMark { policy.markedFamilies.insert(rule.family) }
    }
}
