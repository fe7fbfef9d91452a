import FlowModel

// The usual packet of a flow that is under way.

extension FlowTable {
    /// Counts packets that wait, as long as no more is to be done for them than to add them to the numbers of flows.
    ///
    /// What is to be done for a packet is said elsewhere (`settle(_:)`): this does the same for those for which all but the counting is nothing
    /// (``FramePacket/isUsual``, ``FlowEntry/isUnderWay``). It has the flows for itself meanwhile, where otherwise each look at one asks whose
    /// the array is, and it looks at a tuple where it lies. The first packet for which more is to be done ends it, and nothing was done for
    /// that one.
    ///
    /// - Parameter numbers: which of the packets.
    /// - Returns: the number of that first packet; the range's end where all were counted.
    @inline(__always)
    static func countUnderWay(
        _ packets: Span<FramePacket>, _ hashes: Span<UInt32>, _ numbers: Range<Int>, _ index: borrowing FlowIndex,
        _ entries: inout [FlowEntry]
    ) -> Int {
        var flows = entries.mutableSpan
        var number = numbers.lowerBound
        packets: while number < numbers.upperBound {
            guard packets[number].isUsual else { break }
            var probe = index.probe(hashes[number])
            while let place = index.next(&probe) {
                let isForward = flows[place].tap.direction == packets[number].tap.direction
                guard flows[place].isFlow(of: packets[number], isForward: isForward) else { continue }
                guard flows[place].isUnderWay,
                    flows[place].count(packets[number], isForward: isForward, isPlain: true)
                else { break packets }
                number &+= 1
                continue packets
            }
            break
        }
        return number
    }
}
