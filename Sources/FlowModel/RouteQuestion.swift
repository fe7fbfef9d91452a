/// Where packets would go: what is asked of the host's routing.
public struct RouteQuestion: Hashable, Sendable {
    /// Where they go.
    public enum Answer: Hashable, Sendable {
        /// To the host itself.
        case host
        case interface(InterfaceIndex)
    }

    public var source: IPAddress
    public var destination: IPAddress
    public var family: AddressFamily
    /// By which they come in; 0 of the host's own.
    public var inInterface: InterfaceIndex

    public init(
        source: IPAddress, destination: IPAddress, family: AddressFamily, inInterface: InterfaceIndex
    ) {
        self.source = source
        self.destination = destination
        self.family = family
        self.inInterface = inInterface
    }
}
