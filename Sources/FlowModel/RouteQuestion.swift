/// Where packets would go: what is asked of the host's routing.
public struct RouteQuestion: Hashable, Sendable {
    /// Where they go.
    public enum Answer: Hashable, Sendable {
        /// To the host itself.
        case host
        case interface(InterfaceIndex)
        /// There is no way, or they may not come from where they do.
        case nowhere
    }

    /// The packets, as they are routed.
    public var tuple: FlowKey
    /// By which they come in; 0 of the host's own.
    public var inInterface: InterfaceIndex

    public init(of tuple: FlowKey, inInterface: InterfaceIndex) {
        self.tuple = tuple
        self.inInterface = inInterface
    }
}
