/// A loop that must come round every two seconds at least, whether there is something to do or not.
public struct WatchedLoop: Sendable {
    /// What it does, in words: `the reader of conntrack`.
    public let name: String
    public let turns: TurnCounter

    public init(name: String, turns: TurnCounter) {
        self.name = name
        self.turns = turns
    }
}
