/// The packets' numbers within their NFLOG groups: a gap is exactly what the kernel could not hand over.
///
/// A list and no dictionary, as there are few groups and a number for every packet.
struct GroupSequences {
    private struct Group {
        var number: UInt16
        /// The sequence number that the next packet should have.
        var expected: UInt32
    }

    private var groups: [Group] = []
    /// Where the last packet's group lies.
    private var last = 0

    /// Notes a packet's number.
    ///
    /// - Returns: how many packets before it did not come. The first packet of a group has the number 0; a number from behind
    ///   is a group that was bound anew, not two thousand million lost packets.
    mutating func gap(before sequence: UInt32, of number: UInt16) -> UInt32 {
        if last >= groups.count || groups[last].number != number { last = place(of: number) }
        let gap = sequence &- groups[last].expected
        groups[last].expected = sequence &+ 1
        return gap < 1 << 31 ? gap : 0
    }

    /// A packet came whose number could not be read: the gap before the next one is one less.
    mutating func skipOne(of number: UInt16) { groups[place(of: number)].expected &+= 1 }

    private mutating func place(of number: UInt16) -> Int {
        if let place = groups.firstIndex(where: { $0.number == number }) { return place }
        groups.append(Group(number: number, expected: 0))
        return groups.count - 1
    }
}
