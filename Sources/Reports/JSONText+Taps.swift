import FlowModel
import Query

// What captures saw: for each tap its own figures, as lanes are never added up.

extension JSONText {
    /// Appends `packet`, a list of taps; nothing where no capture saw the session.
    mutating func append(_ taps: borrowing Taps, _ names: borrowing NameBook) {
        guard let first = taps.first else { return }
        append(words.packet)
        append(first, names)
        if let second = taps.second {
            append(UInt8(ascii: ","))
            append(second, names)
        }
        append(UInt8(ascii: "]"))
        if taps.otherCount > 0 { field(words.otherTaps, UInt64(taps.otherCount)) }
    }

    private mutating func append(_ lane: TapLane, _ names: borrowing NameBook) {
        append(words.tap)
        append(words.frameDirections[Int(lane.tap.direction.rawValue)])
        append(UInt8(ascii: "\""))
        if lane.tap.interface != 0 { field(words.tapInterface, interface: lane.tap.interface, names) }
        field(words.first, lane.first)
        field(words.last, lane.last)
        append(lane.isLowerBound ? words.inexact : words.exact)
        if lane.isLowerBound { append(words.lowerBound) }
        append(words.tapOriginal, lane.original, vlan: lane.vlan(.original))
        append(words.tapReply, lane.reply, vlan: lane.vlan(.reply))
        closeObject()
    }

    /// Appends one direction; nothing where no packet went that way.
    private mutating func append(_ key: borrowing ShortText, _ counts: FrameCounts, vlan: UInt16?) {
        guard !counts.isEmpty else { return }
        field(key, counts.seen.packetCount)
        field(words.bytes, counts.seen.byteCount)
        if counts.whole != counts.seen { append(words.wholePackets, counts.whole) }
        append(words.wirePackets, counts.wire)
        field(words.headerBytes, counts.headerByteCount)
        if counts.aggregateCount > 0 { field(words.aggregates, UInt64(counts.aggregateCount)) }
        if counts.unsplitCount > 0 { field(words.unsplit, UInt64(counts.unsplitCount)) }
        if counts.fragmentCount > 0 { field(words.fragments, UInt64(counts.fragmentCount)) }
        if counts.errorCount > 0 { field(words.errors, UInt64(counts.errorCount)) }
        if let vlan { field(words.tapVLAN, UInt64(vlan)) }
        closeObject()
    }

    private mutating func append(_ key: borrowing ShortText, _ counters: Counters) {
        field(key, counters.packetCount)
        field(words.bytes, counters.byteCount)
        closeObject()
    }
}
