internal import FlowModel

/// What rules denied of sessions that conntrack does not know, to be found by the packets that a capture saw of them.
///
/// Attempts are kept by the pair of hosts: repeated ones are one session with whatever source ports, and a scan is one with whatever
/// destination ports.
struct DeniedAttempts {
    private struct Pair: Hashable {
        var source: IPAddress
        var destination: IPAddress
        var transport: TransportProtocol
    }

    private struct Attempt {
        var compared: ComparedSession
        /// Packets that were denied and of which no captured session is known yet.
        var rest: UInt64
        var wasFound = false
    }

    private var attempts: [Pair: [Attempt]] = [:]

    private static func pair(_ key: FlowKey) -> Pair {
        Pair(source: key.source, destination: key.destination, transport: key.transport)
    }

    mutating func add(_ compared: ComparedSession) {
        let attempt = Attempt(compared: compared, rest: compared.session.denials.packetCount)
        attempts[Self.pair(compared.session.record.original), default: []].append(attempt)
    }

    /// Gives a captured session the denials that were logged of its packets.
    mutating func lend(to session: inout Session) {
        guard session.denials.isEmpty, let tap = session.taps.first else { return }
        let count = tap.original.whole.packetCount
        let key = session.record.original
        guard count > 0, let index = attempts[Self.pair(key)]?.firstIndex(where: { Self.fits($0, key) }),
            var attempt = attempts[Self.pair(key)]?[index]
        else { return }
        let lent = min(count, attempt.rest)
        attempt.rest -= lent
        attempt.wasFound = true
        attempts[Self.pair(key)]?[index] = attempt
        let denied = attempt.compared.session
        if lent == denied.denials.packetCount {
            session.denials = denied.denials
            if session.nflog == nil { session.nflog = denied.nflog }
        } else if let first = denied.denials.first {
            // A part of many attempts.
            var denial = first
            denial.count = lent
            session.denials = [denial]
            var lane = denied.nflog ?? LogLane()
            let share = Double(lent) / Double(max(denied.denials.packetCount, 1))
            lane.counters = DirectionalCounters(
                original: Counters(
                    packetCount: lent, byteCount: UInt64(Double(lane.counters.original.byteCount) * share)))
            if session.nflog == nil { session.nflog = lane }
        }
    }

    private static func fits(_ attempt: Attempt, _ key: FlowKey) -> Bool {
        let record = attempt.compared.session.record
        guard attempt.rest > 0 else { return false }
        if let ports = attempt.compared.session.denials.scannedPorts { return ports.contains(key.destinationPort) }
        return !record.hasDestinationPort || record.original.destinationPort == key.destinationPort
            || key.transport.isICMP
    }

    /// Those of which no captured session was found.
    var left: [ComparedSession] { attempts.values.joined().filter { !$0.wasFound }.map(\.compared) }
}
