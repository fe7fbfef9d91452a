/// Places of a conntrack entry that have an address and a port.
public struct TuplePlaces: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static var originalSource: TuplePlaces { TuplePlaces(rawValue: 1 << 0) }
    public static var originalDestination: TuplePlaces { TuplePlaces(rawValue: 1 << 1) }
    public static var replySource: TuplePlaces { TuplePlaces(rawValue: 1 << 2) }
    public static var replyDestination: TuplePlaces { TuplePlaces(rawValue: 1 << 3) }

    /// Each place in its turn.
    public static let each: [TuplePlaces] = [.originalSource, .originalDestination, .replySource, .replyDestination]
}

extension ConntrackEntry {
    func address(at place: TuplePlaces) -> IPAddress {
        switch place {
        case .originalSource: original.source
        case .originalDestination: original.destination
        case .replySource: reply.source
        default: reply.destination
        }
    }

    func port(at place: TuplePlaces) -> UInt16 {
        switch place {
        case .originalSource: original.sourcePort
        case .originalDestination: original.destinationPort
        case .replySource: reply.sourcePort
        default: reply.destinationPort
        }
    }
}
