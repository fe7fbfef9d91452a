/// What the superuser's power is divided into, as far as it concerns nfmon (capabilities(7)).
enum Capability: Int32 {
    /// Conntrack's and NFLOG's sockets, and their buffers.
    case administerNetwork = 12
    /// Entering a network namespace.
    case administerSystem = 21

    /// Its bit in a set.
    var bit: UInt64 { 1 << UInt64(rawValue) }

    /// The greatest that a kernel can have.
    static let greatest: Int32 = 63
}
