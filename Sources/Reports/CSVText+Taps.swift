import FlowModel
import Query

extension CSVText {
    /// Appends what captures saw at the two taps that outputs show, both directions together, and how many taps there are.
    mutating func append(_ taps: borrowing Taps, _ names: NameBook) {
        append(taps.first, names)
        append(taps.second, names)
        let count = (taps.first == nil ? 0 : 1) + (taps.second == nil ? 0 : 1) + UInt64(taps.otherCount)
        number(count == 0 ? nil : count)
    }

    private mutating func append(_ lane: TapLane?, _ names: NameBook) {
        guard let lane else { return skip(9) }
        interface(lane.tap.interface, names)
        word(lane.tap.direction.keyword)
        append(lane.seen.total)
        append(lane.whole.total)
        append(lane.wire.total)
        word((lane.isLowerBound ? Exactness.lowerBound : .exact).keyword)
    }

    private mutating func append(_ counters: Counters) {
        number(counters.packetCount)
        number(counters.byteCount)
    }
}
