/// A number for each lane; a plain value, as it is counted up for every message.
public struct LaneCounts: Hashable, Sendable {
    public var conntrack: UInt64 = 0
    public var nflog: UInt64 = 0
    public var packet: UInt64 = 0

    public init() {}

    /// The number of one lane.
    public subscript(lane: Lane) -> UInt64 {
        get {
            switch lane {
            case .conntrack: conntrack
            case .nflog: nflog
            case .packet: packet
            }
        }
        set {
            switch lane {
            case .conntrack: conntrack = newValue
            case .nflog: nflog = newValue
            case .packet: packet = newValue
            }
        }
    }

    /// All lanes together.
    public var total: UInt64 { conntrack &+ nflog &+ packet }
}
