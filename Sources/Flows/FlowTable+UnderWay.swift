import FlowModel

// The usual packet of a flow that is under way.

extension FlowTable {
    /// Counts packets that wait, as long as no more is to be done for them than to add them to the numbers of flows.
    ///
    /// What is to be done for a packet is said elsewhere (`countFully(_:)`): this does the same for those for which all but the counting is nothing
    /// (``FramePacket/isUsual``, ``FlowEntry/isUnderWay``). It has the flows for itself meanwhile, where otherwise each look at one asks whose
    /// the array is, and it looks at a tuple where it lies. The first packet for which more is to be done ends it, and nothing was done for
    /// that one.
    ///
    /// - Parameters:
    ///   - places: where the packets' flows may be. A place is a guess from before the first of them was counted: it holds only where it is
    ///     in range, its flow under way (so not freed meanwhile), and the packet's tuple, interface, way and VLAN are that flow's.
    ///   - numbers: which of the packets.
    /// - Returns: the number of that first packet; the range's end where all were counted.
    @inline(__always)
    static func countUnderWay(
        _ packets: Span<FramePacket>, _ places: Span<Int>, _ numbers: Range<Int>, _ entries: inout [FlowEntry]
    ) -> Int {
        var flows = entries.mutableSpan
        var number = numbers.lowerBound
        while number < numbers.upperBound {
            let place = places[number]
            guard place < flows.count, packets[number].isUsual, flows[place].isUnderWay else { break }
            let isForward = flows[place].tap.direction == packets[number].tap.direction
            guard flows[place].isFlow(of: packets[number], isForward: isForward),
                flows[place].count(packets[number], isForward: isForward, isPlain: true)
            else { break }
            number &+= 1
        }
        return number
    }
}
