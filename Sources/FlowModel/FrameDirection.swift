/// Which way a frame passes an interface.
public enum FrameDirection: UInt8, Sendable, CaseIterable {
    /// The capture does not say, as with Ethernet savefiles.
    case unknown = 0
    /// Into the host.
    case ingress = 1
    /// Out of it.
    case egress = 2

    /// The word that outputs use.
    public var keyword: String {
        switch self {
        case .unknown: "unknown"
        case .ingress: "ingress"
        case .egress: "egress"
        }
    }

    /// The way of what answers.
    @inlinable
    public var opposite: FrameDirection {
        switch self {
        case .unknown: .unknown
        case .ingress: .egress
        case .egress: .ingress
        }
    }
}
