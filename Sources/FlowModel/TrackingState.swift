/// What conntrack says of a packet, as rules ask for it: one of the states (`enum ip_conntrack_info`), and whether its session is
/// translated (`IPS_DST_NAT`, `IPS_SRC_NAT`). Or several of them that are asked for.
public struct TrackingState: OptionSet, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It belongs to no session that conntrack keeps, or conntrack has not looked at it.
    public static let invalid = TrackingState(rawValue: 1)
    public static let established = TrackingState(rawValue: 2)
    public static let related = TrackingState(rawValue: 4)
    public static let new = TrackingState(rawValue: 8)
    public static let untracked = TrackingState(rawValue: 16)
    public static let destinationTranslated = TrackingState(rawValue: 32)
    public static let sourceTranslated = TrackingState(rawValue: 64)

    /// Those that a session has beside a state.
    public static let translated: TrackingState = [.destinationTranslated, .sourceTranslated]

    private static let words: [(TrackingState, String)] = [
        (.invalid, "invalid"), (.established, "established"), (.related, "related"), (.new, "new"),
        (.untracked, "untracked"), (.destinationTranslated, "dnat"), (.sourceTranslated, "snat"),
    ]

    /// The state of this name, in either case of letters.
    public init?(keyword: some StringProtocol) {
        let wanted = keyword.lowercased()
        guard let (state, _) = Self.words.first(where: { $0.1 == wanted }) else { return nil }
        self = state
    }

    /// All of these names with commas between them; `nil` where one is none, and where there are none.
    public init?(list: some StringProtocol) {
        let names = list.split(separator: ",")
        let states = names.compactMap { TrackingState(keyword: $0) }
        guard !states.isEmpty, states.count == names.count else { return nil }
        self.init(states)
    }

    public var description: String { Self.words.filter { contains($0.0) }.map(\.1).joined(separator: ",") }
}
