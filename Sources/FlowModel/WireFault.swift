/// Why a message could not be decoded; each is counted by its kind and the next message is read.
public enum WireFault: UInt8, Error, Sendable, CaseIterable {
    /// A netlink message's length is below its header's or beyond the datagram.
    case messageLength
    /// A message is too short for its family's own header.
    case familyHeader
    /// An attribute's length is below its header's or beyond its message.
    case attributeLength
    /// A number of an unexpected size.
    case scalarLength
    /// A conntrack message without its original tuple.
    case missingTuple
    /// An NFLOG message without a payload.
    case missingPayload
    /// A packet that is neither IPv4 nor IPv6.
    case notIP
    /// A packet whose captured part ends within its headers: the copy range is too small.
    case packetCut
    /// An IP header's length is below the minimum, or the packet ends within its headers and was captured whole.
    case packetHeader
    /// A frame of a link type that is not read, in a savefile that has others.
    case linkType

    /// The name under which it is counted.
    public var keyword: String {
        switch self {
        case .messageLength: "message-length"
        case .familyHeader: "family-header"
        case .attributeLength: "attribute-length"
        case .scalarLength: "scalar-length"
        case .missingTuple: "missing-tuple"
        case .missingPayload: "missing-payload"
        case .notIP: "not-ip"
        case .packetCut: "packet-cut"
        case .packetHeader: "packet-header"
        case .linkType: "unread-link-type"
        }
    }
}
