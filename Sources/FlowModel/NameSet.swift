/// Numbers of names, a bit for each that there can be.
public struct NameSet: Sendable {
    private var words = [UInt64](repeating: 0, count: 1024)

    public init() {}

    /// - Complexity: O(1).
    @inline(__always)
    public mutating func insert(_ number: NameID) {
        words[Int(number.rawValue >> 6)] |= 1 << UInt64(number.rawValue & 63)
    }

    /// - Complexity: O(1).
    public func contains(_ number: NameID) -> Bool {
        words[Int(number.rawValue >> 6)] & 1 << UInt64(number.rawValue & 63) != 0
    }

    /// The names that outputs show of a session, interfaces apart.
    public mutating func insert(namesOf session: borrowing Session) {
        insert(session.record.helper)
        if let lane = session.nflog {
            insert(lane.rule)
            insert(lane.lastRule)
        }
        for index in session.denials.indices { insert(session.denials[index].rule) }
    }
}
