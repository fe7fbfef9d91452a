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
    /// What rules set; 0 of those that no rule marked.
    public var mark: UInt32

    public init(of tuple: FlowKey, inInterface: InterfaceIndex, mark: UInt32 = 0) {
        self.tuple = tuple
        self.inInterface = inInterface
        self.mark = mark
    }
}
