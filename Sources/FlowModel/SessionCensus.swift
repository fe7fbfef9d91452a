/// How many sessions there are, by who told of them, protocol and TCP state.
public struct SessionCensus: Sendable {
    /// Who told of a session.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// Conntrack.
        case tracked = 0
        /// Only logged packets, none of which was denied.
        case logged = 1
        /// Only packets that rules denied.
        case denied = 2

        /// The word that outputs use.
        public var keyword: String {
            switch self {
            case .tracked: "tracked"
            case .logged: "logged"
            case .denied: "denied"
            }
        }
    }

    /// States beyond those that have names count as this one, which has none either.
    private static var stateCount: Int { 16 }

    /// By kind, protocol and state, one behind the other: a census counts a million sessions.
    private var counts = [UInt64](repeating: 0, count: Kind.allCases.count * 256 * stateCount)

    public init() {}

    /// Counts a session.
    public mutating func add(_ kind: Kind, _ transport: TransportProtocol, _ state: TCPState) {
        let place = (Int(kind.rawValue) << 8 | Int(transport.rawValue)) * Self.stateCount
        counts[place + min(Int(state.rawValue), Self.stateCount - 1)] &+= 1
    }

    /// Calls `body` with every combination of which there is a session, in a fixed order.
    public func forEach(_ body: (Kind, TransportProtocol, TCPState, UInt64) -> Void) {
        for kind in Kind.allCases {
            for transport in 0...UInt8.max {
                let place = (Int(kind.rawValue) << 8 | Int(transport)) * Self.stateCount
                for state in 0..<Self.stateCount where counts[place + state] > 0 {
                    body(
                        kind, TransportProtocol(rawValue: transport), TCPState(rawValue: UInt8(state)),
                        counts[place + state])
                }
            }
        }
    }
}
