/// The state of a TCP connection as conntrack tracks it (`enum tcp_conntrack`, nf_conntrack_tcp.h).
public struct TCPState: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// No state is known: not TCP, or the message did not carry it.
    @inlinable public static var none: TCPState { TCPState(rawValue: 0) }

    /// The name that `conntrack -L` prints, or `nil` for a number that no kernel of today uses.
    public var keyword: String? {
        switch rawValue {
        case 0: "NONE"
        case 1: "SYN_SENT"
        case 2: "SYN_RECV"
        case 3: "ESTABLISHED"
        case 4: "FIN_WAIT"
        case 5: "CLOSE_WAIT"
        case 6: "LAST_ACK"
        case 7: "TIME_WAIT"
        case 8: "CLOSE"
        case 9: "SYN_SENT2"
        default: nil
        }
    }

    /// The state of a name, in any case of letters.
    public init?(keyword: some StringProtocol) {
        let wanted = keyword.uppercased()
        guard let number = (1...9 as ClosedRange<UInt8>).first(where: { Self(rawValue: $0).keyword == wanted }) else {
            return nil
        }
        self.init(rawValue: number)
    }
}
