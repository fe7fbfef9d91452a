/// What a group of sessions comes to: columns that every group has, whatever it is by.
public enum GroupMeasure: UInt8, CaseIterable, Sendable {
    case sessions
    /// Sessions of which a packet was dropped or rejected.
    case denied
    /// Packets that rules denied.
    case attempts
    /// Both directions together.
    case bytes
    case packets
    /// Bytes from the sources to the destinations.
    case sentBytes
    /// Bytes back.
    case receivedBytes
    /// Per second, of the sessions whose rate is known.
    case byteRate
    case packetRate
    /// When the first of the sessions began.
    case start
    /// When one of the sessions was last known to exist.
    case lastSeen

    /// The column's name.
    public var name: String {
        switch self {
        case .sessions: "sessions"
        case .denied: "denied"
        case .attempts: "attempts"
        case .bytes: "bytes"
        case .packets: "packets"
        case .sentBytes: "sent"
        case .receivedBytes: "received"
        case .byteRate: "rate"
        case .packetRate: "pps"
        case .start: "start"
        case .lastSeen: "last"
        }
    }

    /// Whether it is an amount, which a filter of groups can ask for.
    var isAmount: Bool { self != .start && self != .lastSeen }
}
