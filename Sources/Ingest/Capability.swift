/// What the superuser's power is divided into, as far as it concerns nfmon (capabilities(7)).
enum Capability: Int32, CaseIterable {
    /// Conntrack's and NFLOG's sockets, and their buffers.
    case administerNetwork = 12
    /// Sockets of packets.
    case useRawSockets = 13
    /// Entering a network namespace.
    case administerSystem = 21

    /// As `setcap` calls it.
    var name: String {
        switch self {
        case .administerNetwork: "cap_net_admin"
        case .useRawSockets: "cap_net_raw"
        case .administerSystem: "cap_sys_admin"
        }
    }

    /// Its bit in a set.
    var bit: UInt64 { 1 << UInt64(rawValue) }

    /// The greatest that a kernel can have.
    static let greatest: Int32 = 63
}
