import FlowModel

/// A packet of a host with several zones, which is held until conntrack has told of its session.
///
/// The packet does not say its zone. If another zone has the same tuple already, that session would be taken for its own; once both
/// are known, it is ambiguous, and counted as that.
struct HeldPacket {
    /// How many are held at most; beyond it the first is not held any longer.
    static let limit = 65_536

    var packet: PacketObservation
    var hash: UInt32
    /// When it was received.
    var time: ReceiveTime
}

/// Whether the host has sessions in several zones, so that a tuple alone does not tell a session.
struct ZoneUse {
    private var first: UInt16?
    private(set) var areSeveral = false

    @inline(__always)
    mutating func note(_ entry: borrowing ConntrackEntry) {
        let (original, reply) = (entry.original.zone, entry.reply.zone)
        let known = first ?? original
        if known != original || known != reply { areSeveral = true }
        first = known
    }
}
