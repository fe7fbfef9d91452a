internal import FlowModel

// Packets that a bridge of the host forwards: conntrack and the host's own hooks see them only where the bridge calls them.

extension Comparison {
    /// How packets may have passed a bridge that does not show them to conntrack.
    struct Bridging {
        /// Whether they surely did: else they may have been for the host, which routes them.
        var isSure: Bool
        var sentence: String
    }

    /// - Returns: `nil` where they passed no bridge's port, or the bridge calls the firewall.
    func bridging(_ counts: DirectionCounts, _ session: Session) -> Bridging? {
        let family = session.record.original.family
        guard let own = facts.ownAddresses, let tap = counts.tap?.counts, !tap.isSum, !tap.counts.isEmpty,
            let bridge = own.bridge(of: tap.interface), let setting = facts.bridgeSettings?[family],
            setting != .isOn, !own.callsFirewall(bridge, family)
        else { return nil }
        let (first, routed, _) = Self.tuples(of: session, counts.direction)
        if own.contains(first.source) || own.isDestination(routed.destination) == true { return nil }
        var isSure = false
        if counts.entering != nil, let leaving = counts.leaving, !leaving.counts.isEmpty {
            // What leaves by another interface was routed.
            guard !leaving.isSum, own.bridge(of: leaving.interface) == bridge else { return nil }
            isSure = true
        }
        let name = "net.bridge.bridge-nf-call-\(family == .ipv4 ? "iptables" : "ip6tables")"
        let state = setting == .isOff ? "\(name) is 0" : "there is no \(name), as br_netfilter is not loaded"
        let place = interface(tap.interface)
        let other = isSure ? counts.leaving.map { interface($0.interface) } : nil
        let ports = other.map { "\(place) and \($0) are ports" } ?? "\(place) is a port"
        let sentence =
            "\(ports) of the bridge \(interface(bridge)), and \(state): what the bridge forwards conntrack does not see"
        return Bridging(isSure: isSure, sentence: sentence)
    }

    /// Packets that a bridge's port shows, of which no other does that they passed the bridge.
    func accountForBridging(_ short: inout Shortfall, _ counts: DirectionCounts, _ session: Session) {
        guard !short.isAccountedFor, let bridging = bridging(counts, session) else { return }
        short.account(.untracked, isCertain: false, [bridging.sentence] + short.suspicions)
    }
}
