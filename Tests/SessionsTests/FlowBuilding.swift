import FlowModel

/// What frames come to, as captures tell it.
extension FlowObservation {
    /// A flow of packets of 100 bytes that passed now.
    ///
    /// - Parameters:
    ///   - ago: how many seconds ago the first of them passed.
    static func flow(
        _ key: FlowKey, _ forward: UInt64, _ backward: UInt64 = 0, by interface: InterfaceIndex = 3,
        _ direction: FrameDirection = .ingress, _ facts: Facts = .isFirst, at now: Timestamp, ago: Double = 0.5
    ) -> FlowObservation {
        var flow = FlowObservation(key: key, tap: Tap(interface: interface, direction: direction))
        func counts(_ packetCount: UInt64) -> FrameCounts {
            guard packetCount > 0 else { return FrameCounts() }
            var counts = FrameCounts()
            counts.seen = Counters(packetCount: packetCount, byteCount: packetCount * 100)
            counts.whole = counts.seen
            counts.wire = Counters(packetCount: packetCount, byteCount: packetCount * 114)
            counts.first = Timestamp(nanoseconds: now.nanoseconds - Int64(ago * 1e9))
            counts.last = now
            return counts
        }
        flow.forward = counts(forward)
        flow.backward = counts(backward)
        flow.facts = facts
        return flow
    }
}

extension Monitor {
    func flow(
        _ key: FlowKey, _ forward: UInt64, _ backward: UInt64 = 0, by interface: InterfaceIndex = 3,
        _ direction: FrameDirection = .ingress, _ facts: FlowObservation.Facts = .isFirst, ago: Double = 0.5
    ) {
        take(.flow(.flow(key, forward, backward, by: interface, direction, facts, at: now, ago: ago)))
    }

    func flow(
        _ key: FlowKey, _ forward: UInt64, _ backward: UInt64 = 0, _ facts: FlowObservation.Facts, ago: Double = 0.5
    ) {
        take(.flow(.flow(key, forward, backward, by: 3, .ingress, facts, at: now, ago: ago)))
    }
}
