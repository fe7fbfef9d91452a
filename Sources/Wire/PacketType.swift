internal import FlowModel

/// Whom a frame was for, as the kernel numbers it (`PACKET_HOST` and its kin, if_packet.h).
enum PacketType: UInt8 {
    case host = 0
    case broadcast = 1
    case multicast = 2
    case otherHost = 3
    case outgoing = 4
}

extension Frame {
    /// Whom it was for, by what the capture knows and its address.
    var packetType: PacketType {
        if facts.direction == .egress { return .outgoing }
        if facts.isForOtherHost { return .otherHost }
        guard facts.linkType == .ethernet, let first = bytes.uint8(at: 0), first & 1 != 0 else { return .host }
        return (0..<6).allSatisfy { bytes.uint8(at: $0) == 0xff } ? .broadcast : .multicast
    }
}
