import FlowModel
import Flows
import Testing
import Wire

/// Most packets are counted by a shorter way than others: what they come to must be the same.
struct FlowsUnderWayTests {
    /// Frames of a few connections at random, with all that is odd in between.
    private struct Traffic {
        /// A packet within a connection with SYN besides ACK is none of the usual ones, and comes to the same.
        static let flags: (usual: UInt8, other: UInt8) = (0x10, 0x12)

        var random: SeededGenerator
        var connectionCount = 24
        var time: Int64 = 1_000_000_000_000
        /// When the last packet of one way passed.
        var last: [Way: Int64] = [:]

        struct Way: Hashable {
            var connection: Int
            var isBack: Bool
            var direction: FrameDirection
        }

        /// The next frame, and the same again as one that is not usual.
        mutating func next() -> (usual: [UInt8], other: [UInt8], facts: FrameFacts) {
            // Now and then more than fits into 32 bits of nanoseconds; the clock also goes back.
            let jumps: [Int64] = [0, 1, 1_000, 1_000_000, 1_000_000, 1_000_000]
            time += jumps.randomElement(using: &random) ?? 0
            if Int.random(in: 0..<100, using: &random) == 0 { time += 4_500_000_000 }
            if Int.random(in: 0..<100, using: &random) == 0 { time -= 300_000_000 }
            let connection = Int.random(in: 0..<connectionCount, using: &random)
            let isBack = Bool.random(using: &random)
            let oddity = Int.random(in: 0..<40, using: &random)
            let flags: UInt8 =
                switch oddity {
                case 0: 0x02
                case 1: 0x11
                case 2: 0x14
                default: Self.flags.usual
                }
            // Some pass one interface in both ways, as what is sent back where it came from does.
            let isTurned = connection % 6 == 5 && Bool.random(using: &random)
            let direction: FrameDirection = oddity == 4 ? .unknown : isBack != isTurned ? .egress : .ingress
            let way = Way(connection: connection, isBack: isBack, direction: direction)
            // What begins a flow says by its flags which way it is.
            let isSame = flags != Self.flags.usual || last[way].map { time - $0 > 4_000_000_000 } ?? true
            last[way] = max(last[way] ?? 0, time)
            let size = Int.random(in: 0..<1400, using: &random)
            var facts = FrameFacts(
                time: Timestamp(nanoseconds: time), originalLength: 0, interface: UInt32(connection % 3),
                direction: direction, linkType: .ethernet,
                vlan: connection % 5 == 0 ? UInt16(connection % 2) + 1 : nil, knowsAggregates: true)
            if oddity == 3 { (facts.segmentSize, facts.isAggregate) = (400, true) }
            func frame(_ flags: UInt8) -> [UInt8] {
                let port = UInt16(2000 + connection / 2)
                let payload = [UInt8](repeating: 0, count: size)
                let segment = connection % 4 == 3 ? .ports(port, 53) + payload : .tcp(port, 443, flags: flags) + payload
                let transport: UInt8 = connection % 4 == 3 ? 17 : 6
                let packet: [UInt8] =
                    connection % 4 == 2
                    ? .ipv6(transport, segment) : .ipv4(transport, segment, fragment: oddity == 5 ? 0x2000 : 0)
                return .ethernet(isBack ? .answer(to: packet) : packet)
            }
            let usual = frame(flags)
            facts.originalLength = usual.count
            return (usual, isSame ? usual : frame(Self.flags.other), facts)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func aUsualPacketComesToWhatOneComesToThatIsNot(_ seed: UInt64) {
        var traffic = Traffic(random: SeededGenerator(seed: seed))
        var short = Watch()
        var long = Watch()
        var byteCount = 0
        for _ in 0..<4000 {
            let (usual, other, facts) = traffic.next()
            byteCount += usual.count - 14
            short.see(usual, facts)
            long.see(other, facts)
            // The queues are told of in all states of filling.
            if Int.random(in: 0..<50, using: &traffic.random) == 0 {
                let (some, same) = (short.drain().map(ToldFlow.init), long.drain().map(ToldFlow.init))
                #expect(some == same)
            }
        }
        let (rest, same) = (short.drain().map(ToldFlow.init), long.drain().map(ToldFlow.init))
        #expect(rest == same)
        #expect(short.seenCount == 4000 && long.seenCount == 4000)
        // UDP has no flags, and is counted the short way by both.
        #expect(short.seenByteCount == byteCount)
        #expect(short.losses.isEmpty)
    }

    /// Packets of one connection and one way at one tap.
    private struct Shown: Hashable {
        var protocolNumber: UInt8
        var family: AddressFamily
        var ports: [UInt16]
        var tap: Tap

        init(_ key: FlowKey, _ tap: Tap) {
            (protocolNumber, family) = (key.transport.rawValue, key.family)
            (ports, self.tap) = ([key.sourcePort, key.destinationPort], tap)
        }

        init(_ frame: [UInt8], _ facts: FrameFacts) {
            let packet = frame.dropFirst(14)
            family = packet[14] >> 4 == 4 ? .ipv4 : .ipv6
            protocolNumber = packet[14 + (family == .ipv4 ? 9 : 6)]
            let start = 14 + (family == .ipv4 ? 20 : 40)
            ports = [start, start + 2].map { UInt16(packet[$0]) << 8 | UInt16(packet[$0 + 1]) }
            tap = Tap(interface: facts.interface, direction: facts.direction)
        }
    }

    /// Flows make room for others, their places are given away among packets that wait, and the index grows.
    @Test(arguments: [(16, 24), (64, 1_000), (FlowTable.defaultLimit, 1_500), (FlowTable.defaultLimit, 6_000)])
    func noPacketIsCountedToAnotherFlow(limit: Int, connectionCount: Int) {
        var traffic = Traffic(random: SeededGenerator(seed: 5), connectionCount: connectionCount)
        var watch = Watch(limit: limit)
        var passed: [Shown: Counters] = [:]
        var told: [Shown: Counters] = [:]
        func note(_ flows: [FlowObservation]) {
            for flow in flows {
                let back = Tap(interface: flow.tap.interface, direction: flow.tap.direction.opposite)
                for (tuple, tap, counts) in [
                    (flow.key, flow.tap, flow.forward), (flow.key.inverse, back, flow.backward),
                ]
                where counts.seen.packetCount > 0 {
                    let shown = Shown(tuple, tap)
                    told[shown, default: Counters()] = told[shown, default: Counters()] + counts.seen
                }
            }
        }
        for _ in 0..<30_000 {
            let (frame, _, facts) = traffic.next()
            let shown = Shown(frame, facts)
            passed[shown, default: Counters()] =
                passed[shown, default: Counters()]
                + Counters(packetCount: 1, byteCount: UInt64(frame.count - 14))
            watch.see(frame, facts)
            if Int.random(in: 0..<1_000, using: &traffic.random) == 0 { note(watch.drain()) }
        }
        note(watch.drain())
        #expect(told == passed)
    }
}
