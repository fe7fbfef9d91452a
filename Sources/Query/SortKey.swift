/// What sessions can be ranked by.
///
/// The names are the columns of every table and query (see ``name``). A key that a session does not have, such as bytes
/// without accounting or a port of ICMP, is unknown, and unknown ranks last in either order, among themselves by bytes.
public enum SortKey: UInt8, CaseIterable, Sendable {
    /// Both directions together: conntrack's, else what was logged.
    case bytes
    case packets
    /// Bytes per second between the last two readings of the counters.
    case byteRate
    /// Packets per second between the last two readings of the counters.
    case packetRate
    /// From the session's start to now.
    case duration
    case start
    /// When the session was last known to exist.
    case lastSeen
    /// Packets that rules denied.
    case attempts
    case source
    case sourcePort
    case destination
    case destinationPort
    /// The IP protocol number.
    case transport
    /// The TCP state, by conntrack's number: the order in which a connection goes through them.
    case state
    case zone
    case mark
    /// The source as the far side sees it, of sessions whose source is translated.
    case translatedSource
    case translatedSourcePort
    /// The destination as it really is, of sessions whose destination is translated.
    case translatedDestination
    case translatedDestinationPort

    /// The order that is meant when nobody says: greatest first for quantities and times, smallest first for the rest.
    public var usualOrder: SortOrder {
        switch self {
        case .bytes, .packets, .byteRate, .packetRate, .attempts, .duration, .start, .lastSeen: .descending
        default: .ascending
        }
    }
}

/// Which end of a ranking comes first.
public enum SortOrder: UInt8, CaseIterable, Sendable {
    case ascending
    case descending
}
