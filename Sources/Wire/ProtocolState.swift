public import FlowModel

/// What CTA_PROTOINFO says of a connection's transport protocol.
public enum ProtocolState: Sendable {
    case tcp(TCP)
    case dccp(state: UInt8, role: UInt8, handshakeSequence: UInt64)
    case sctp(state: UInt8, originalTag: UInt32, replyTag: UInt32)

    /// The state, the window scales and the flags of both directions.
    public struct TCP: Sendable {
        public var state = TCPState.none
        public var originalWindowScale: UInt8?
        public var replyWindowScale: UInt8?
        /// `IP_CT_TCP_FLAG_*` and its mask (nf_conntrack_tcp.h).
        public var originalFlags: UInt8?
        public var replyFlags: UInt8?
    }

    /// - Returns: `nil` for a protocol that this code does not know.
    init?(_ attributes: ByteReader) throws(WireFault) {
        var found: ProtocolState?
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: found = try Self.tcp(cursor.payload)  // CTA_PROTOINFO_TCP
            case 2: found = try Self.dccp(cursor.payload)  // CTA_PROTOINFO_DCCP
            case 3: found = try Self.sctp(cursor.payload)  // CTA_PROTOINFO_SCTP
            default: break
            }
        }
        guard let found else { return nil }
        self = found
    }

    private static func tcp(_ attributes: ByteReader) throws(WireFault) -> ProtocolState {
        var tcp = TCP()
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: tcp.state = TCPState(rawValue: try cursor.scalar(UInt8.self))
            case 2: tcp.originalWindowScale = try cursor.scalar(UInt8.self)
            case 3: tcp.replyWindowScale = try cursor.scalar(UInt8.self)
            case 4: tcp.originalFlags = UInt8(try cursor.scalar(UInt16.self) >> 8)  // flags, then mask
            case 5: tcp.replyFlags = UInt8(try cursor.scalar(UInt16.self) >> 8)
            default: break
            }
        }
        return .tcp(tcp)
    }

    private static func dccp(_ attributes: ByteReader) throws(WireFault) -> ProtocolState {
        var state: UInt8 = 0
        var role: UInt8 = 0
        var sequence: UInt64 = 0
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: state = try cursor.scalar(UInt8.self)
            case 2: role = try cursor.scalar(UInt8.self)
            case 3: sequence = try cursor.scalar(UInt64.self)
            default: break
            }
        }
        return .dccp(state: state, role: role, handshakeSequence: sequence)
    }

    private static func sctp(_ attributes: ByteReader) throws(WireFault) -> ProtocolState {
        var state: UInt8 = 0
        var tags: (original: UInt32, reply: UInt32) = (0, 0)
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: state = try cursor.scalar(UInt8.self)
            case 2: tags.original = try cursor.scalar(UInt32.self)
            case 3: tags.reply = try cursor.scalar(UInt32.self)
            default: break
            }
        }
        return .sctp(state: state, originalTag: tags.original, replyTag: tags.reply)
    }
}
