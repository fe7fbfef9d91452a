import FlowModel
import Wire

@testable import Flows

/// A table of flows under test, and what it told.
struct Watch: ~Copyable {
    var table: FlowTable
    private(set) var flows: [FlowObservation] = []
    private(set) var losses: [Loss] = []
    /// Packets that were told of altogether.
    private(set) var seenCount: UInt64 = 0
    /// Bytes of these.
    private(set) var seenByteCount: UInt64 = 0
    private(set) var figures = FrameFigures()

    init(limit: Int = FlowTable.defaultLimit, foreignFrames: ForeignFrames? = nil) {
        table = FlowTable(seed: (7, 11), limit: limit, foreignFrames: foreignFrames)
    }

    /// Counts a frame with this packet.
    mutating func see(_ packet: [UInt8], _ facts: FrameFacts) { table.count(Frame(packet.reader, facts)) }

    /// What was told since the last call.
    mutating func drain(leaving recent: Timestamp? = nil) -> [FlowObservation] {
        flows = []
        var batch = ObservationBatch()
        var isMore = true
        while isMore {
            isMore = table.drain(into: &batch, leaving: recent)
            for observation in batch {
                switch observation {
                case .flow(let flow):
                    flows.append(flow)
                    seenCount += flow.forward.seen.packetCount + flow.backward.seen.packetCount
                    seenByteCount += flow.forward.seen.byteCount + flow.backward.seen.byteCount
                case .loss(let loss): losses.append(loss)
                case .frames(let figures): self.figures.add(figures)
                default: break
                }
            }
            batch.removeAll()
        }
        return flows
    }
}

/// What a flow was told to be.
struct ToldFlow: Hashable {
    var key: FlowKey
    var tap: Tap
    var facts: UInt8
    var vlans: VLANs
    var forward: FrameCounts
    var backward: FrameCounts

    init(_ flow: FlowObservation) {
        (key, tap, facts, vlans) = (flow.key, flow.tap, flow.facts.rawValue, flow.vlans)
        (forward, backward) = (flow.forward, flow.backward)
    }
}

extension FrameFacts {
    /// An IP packet with nothing in front.
    static func raw(
        _ packet: [UInt8], at seconds: Int64 = 1, by interface: InterfaceIndex = 3,
        _ direction: FrameDirection = .ingress,
        length: Int? = nil, segmentSize: UInt16 = 0, isAggregate: Bool = false, knowsAggregates: Bool = true
    ) -> FrameFacts {
        FrameFacts(
            time: Timestamp(seconds: seconds, nanoseconds: 0), originalLength: length ?? packet.count,
            interface: interface, direction: direction, linkType: .raw, segmentSize: segmentSize,
            isAggregate: isAggregate, knowsAggregates: knowsAggregates)
    }

    static func ethernet(_ frame: [UInt8], length: Int? = nil, vlan: UInt16? = nil) -> FrameFacts {
        FrameFacts(
            time: Timestamp(seconds: 1, nanoseconds: 0), originalLength: length ?? frame.count, interface: 3,
            direction: .ingress, linkType: .ethernet, vlan: vlan, knowsAggregates: true)
    }
}

extension [UInt8] {
    /// An Ethernet frame around an IP packet.
    static func ethernet(_ packet: [UInt8]) -> [UInt8] {
        let isIPv6 = packet.first.map { $0 >> 4 == 6 } ?? false
        return [UInt8](repeating: 2, count: 12) + (isIPv6 ? [0x86, 0xdd] : [0x08, 0x00]) + packet
    }

    /// The same packet back: addresses and, behind an IPv4 header without options, ports change places.
    static func answer(to packet: [UInt8]) -> [UInt8] {
        var answer = packet
        let (start, size) = packet[0] >> 4 == 4 ? (12, 4) : (8, 16)
        answer.overwrite(at: start, with: [UInt8](packet[start + size..<start + 2 * size]))
        answer.overwrite(at: start + size, with: [UInt8](packet[start..<start + size]))
        let ports = start + 2 * size
        answer.overwrite(at: ports, with: [UInt8](packet[ports + 2..<ports + 4]))
        answer.overwrite(at: ports + 2, with: [UInt8](packet[ports..<ports + 2]))
        return answer
    }
}
