/// What an address is to the host, as the kernel's routes have it (`RTN_LOCAL` and its like).
public enum AddressKind: String, Hashable, Sendable {
    /// One of its own.
    case local
    /// One for all hosts of a network that it is in.
    case broadcast
    /// A group's.
    case multicast
    /// Some other host's, or nobody's.
    case foreign
}
