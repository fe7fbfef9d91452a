public import FlowModel

/// The names and interfaces that a table's sessions and sums refer to.
public struct TableUse: Sendable {
    public var names = NameSet()
    public private(set) var interfaces: Set<InterfaceIndex> = []
    /// Those that came last, as sessions have few that differ.
    private var recent = [InterfaceIndex](repeating: 0, count: 256)

    public init() {}

    mutating func insert(interfacesOf lane: borrowing LogLane) { lane.forEachInterface { insert($0) } }

    mutating func insert(_ index: InterfaceIndex) {
        guard recent[Int(index & 255)] != index else { return }
        recent[Int(index & 255)] = index
        interfaces.insert(index)
    }
}

extension SessionTable {
    /// Notes what the sessions in a part of the table refer to.
    ///
    /// - Parameter position: where to go on; 0 is the beginning.
    /// - Returns: where the next part begins, `nil` after the last one.
    /// - Complexity: O(places ever used) for all parts together; 8,192 places for one.
    func noteUse(from position: UInt32, in use: inout TableUse) -> UInt32? {
        let end = min(Int(position) + 8_192, records.extent)
        for slot in position..<max(position, UInt32(end)) where records[slot].facts.isLive {
            use.names.insert(records[slot].helper)
            let place = records[slot].laneSlot
            guard place != .max else { continue }
            taps.forEachInterface(lanes[place].taps) { use.insert($0) }
            if let lane = log(of: slot) {
                use.insert(interfacesOf: lane)
                use.names.insert(lane.rule)
                use.names.insert(lane.lastRule)
            }
            denials.insertRules(of: lanes[place].denials, into: &use.names)
        }
        return end < records.extent ? UInt32(end) : nil
    }

    /// Forgets the interfaces that went and that nothing refers to any more, and notes the names of the others and of the sums.
    mutating func sweepInterfaces(_ use: inout TableUse) {
        interfaces.sweep(use.interfaces)
        interfaces.insertNames(into: &use.names)
        tally.sessionTraffic.insertNames(into: &use.names)
        tally.loggedTraffic.insertNames(into: &use.names)
    }
}
