import FlowModel
import Sessions
import Testing

/// Fragments that rules see before conntrack puts them together, or without it.
struct FragmentTests {
    private static let key = FlowKey(
        source: .client, destination: .server, sourcePort: 4000, destinationPort: 53, transport: .udp, family: .ipv4)

    private func fragment(_ monitor: Monitor, _ identifier: UInt32, isFirst: Bool) {
        var key = Self.key
        if !isFirst { (key.sourcePort, key.destinationPort) = (0, 0) }
        monitor.packet(key) { $0.fragment = PacketObservation.Fragment(identifier: identifier, isFirst: isFirst) }
    }

    @Test
    func laterFragmentsAreCountedWithTheFirst() {
        let monitor = Monitor()
        monitor.conntrack(.new, .entry(1, Self.key))
        fragment(monitor, 7, isFirst: true)
        fragment(monitor, 7, isFirst: false)
        fragment(monitor, 7, isFirst: false)
        #expect(monitor.session?.nflog?.counters.original == Counters(packetCount: 3, byteCount: 300))
    }

    @Test
    func aFragmentWhoseFirstWasNotSeenHasNoPorts() {
        let monitor = Monitor()
        fragment(monitor, 7, isFirst: true)
        fragment(monitor, 8, isFirst: false)
        monitor.wait(seconds: 1)
        #expect(monitor.sessions.count == 2)
        #expect(monitor.sessions.contains { !$0.record.hasSourcePort && !$0.record.hasDestinationPort })
    }

    @Test
    func aFragmentIsForgottenWhenTheKernelForgetsIt() {
        let monitor = Monitor { $0.hasConntrack = false }
        fragment(monitor, 7, isFirst: true)
        monitor.wait(seconds: 31)
        fragment(monitor, 7, isFirst: false)
        #expect(monitor.sessions.count == 2)
    }

    @Test
    func deniedFragmentsAreOneAttempt() {
        let monitor = Monitor()
        for isFirst in [true, false] {
            var key = Self.key
            if !isFirst { (key.sourcePort, key.destinationPort) = (0, 0) }
            monitor.packet(key) {
                $0.verdict = .drop
                $0.fragment = PacketObservation.Fragment(identifier: 1, isFirst: isFirst)
            }
        }
        #expect(monitor.session?.denials.first?.count == 2)
        #expect(monitor.session?.record.hasSourcePort == true)
    }
}
