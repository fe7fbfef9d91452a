public import FlowModel

extension BPFProgram {
    /// The program that has the kernel drop, before they take any receive buffer, conntrack's events that a filter does not
    /// admit. What lacks an attribute that is asked for it keeps.
    ///
    /// - Returns: `nil` where there is nothing to drop, or where even the part of the filter with the fewest tests would be
    ///   longer than the kernel takes.
    public init?(keeping filter: SourceFilter) {
        var tree = filter.tree
        while tree != .always {
            var writer = ConntrackFilterWriter()
            writer.write(DecisionList(tree))
            if writer.program.instructions.count <= Self.maximumCount {
                self = writer.program
                return
            }
            tree = tree.withoutLargestPart
        }
        return nil
    }
}

/// Writes the program of a source filter: first where the tuples are, then each test in its turn.
private struct ConntrackFilterWriter {
    var program = BPFProgram()
    private var lastLabel = 0

    /// What a message has, by its place in the program's memory (M[0] to M[15]): offsets of attributes.
    private enum Slot {
        static let original: UInt32 = 0
        /// The addresses and the ports of the original tuple; those of the reply's follow.
        static let addresses: UInt32 = 1
        static let ports: UInt32 = 2
        /// For a moment: a tuple's offset, or whether the message is a NEW.
        static let tuple: UInt32 = 14
        static let isNew: UInt32 = 15
    }

    /// Offsets and numbers of ctnetlink (nfnetlink_conntrack.h).
    private enum Layout {
        /// The first attribute: behind nlmsghdr and nfgenmsg.
        static let attributes: UInt32 = 20
        static let family: UInt32 = 16
        static let type: UInt32 = 4
        static let flags: UInt32 = 6
        /// Of the attributes' own header.
        static let payload: UInt32 = 4
    }

    mutating func write(_ list: DecisionList<SourceTest>) {
        let (accept, reject) = (newLabel(), newLabel())
        let labels = list.steps.map { _ in newLabel() }
        func label(_ place: Int32) -> Int {
            switch place {
            case DecisionList<SourceTest>.accept: accept
            case DecisionList<SourceTest>.reject: reject
            default: labels[Int(place)]
            }
        }
        writePrologue(unreadable: accept)
        program.jump(to: label(list.start))
        for (index, step) in list.steps.enumerated() {
            program.place(labels[index])
            write(step.test, onTrue: label(step.onTrue), onFalse: label(step.onFalse))
        }
        program.place(accept)
        program.end(accepting: true)
        program.place(reject)
        program.end(accepting: false)
        program.close()
    }

    private mutating func newLabel() -> Int {
        lastLabel += 1
        return lastLabel
    }

    /// Finds the tuples and their parts. A message of another subsystem, or without them, is kept.
    private mutating func writePrologue(unreadable: Int) {
        // The type is in the host's order, and loads are in the network's.
        program.load(byteCount: 2, at: Layout.type)
        let (isConntrack, new) = (newLabel(), UInt32((0x0100 as UInt16).bigEndian))
        program.branch(.equal, new, onTrue: isConntrack)
        program.branch(.equal, UInt32((0x0102 as UInt16).bigEndian), onFalse: unreadable)
        program.place(isConntrack)
        for (number, tuple) in [(1 as UInt32, 0 as UInt32), (2, 2)] {  // CTA_TUPLE_ORIG, CTA_TUPLE_REPLY
            program.load(Layout.attributes)
            program.setIndex(number)
            program.findAttribute()
            program.branch(.equal, 0, onTrue: unreadable)
            if tuple == 0 { program.storeMemory(Slot.original) }
            program.storeMemory(Slot.tuple)
            program.setIndex(1)  // CTA_TUPLE_IP
            program.findNestedAttribute()
            program.branch(.equal, 0, onTrue: unreadable)
            program.storeMemory(Slot.addresses + tuple)
            program.loadMemory(Slot.tuple)
            program.setIndex(2)  // CTA_TUPLE_PROTO
            program.findNestedAttribute()
            program.branch(.equal, 0, onTrue: unreadable)
            program.storeMemory(Slot.ports + tuple)
        }
    }

    private mutating func write(_ test: SourceTest, onTrue: Int, onFalse: Int) {
        let (yes, no) = test.isNegated ? (onFalse, onTrue) : (onTrue, onFalse)
        switch test.subject {
        case .family(let family):
            program.load(byteCount: 1, at: Layout.family)
            program.branch(.equal, UInt32(family.rawValue), onTrue: yes, onFalse: no)
        case .transport(let range):
            loadNested(1, in: Slot.ports, byteCount: 1, absent: onTrue)  // CTA_PROTO_NUM
            compare(with: UInt32(range.lowerBound)...UInt32(range.upperBound), onTrue: yes, onFalse: no)
        case .zone(let range):
            loadZone(absent: range.contains(0) ? yes : no)
            compare(with: UInt32(range.lowerBound)...UInt32(range.upperBound), onTrue: yes, onFalse: no)
        case .address(let places, let prefix):
            writeEach(places, test, onTrue: onTrue, onFalse: onFalse) { writer, place, yes, no in
                writer.write(prefix, of: place, onTrue: yes, onFalse: no, absent: onTrue)
            }
        case .port(let places, let range):
            writeEach(places, test, onTrue: onTrue, onFalse: onFalse) { writer, place, yes, no in
                // CTA_PROTO_SRC_PORT, _DST_PORT; a protocol that has none passes neither this test nor its opposite.
                writer.loadNested(place.isSource ? 2 : 3, in: Slot.ports + place.tuple, byteCount: 2, absent: onFalse)
                writer.compare(
                    with: UInt32(range.lowerBound)...UInt32(range.upperBound), onTrue: yes, onFalse: no)
            }
        case .mark(let value, let mask):
            writeMark(value, mask, onTrue: onTrue, (yes, no))
        case .status: program.jump(to: onTrue)
        }
    }

    /// Asks the same of each place until one of them passes.
    private mutating func writeEach(
        _ places: TuplePlaces, _ test: SourceTest, onTrue: Int, onFalse: Int,
        _ body: (inout ConntrackFilterWriter, TuplePlaces, _ yes: Int, _ no: Int) -> Void
    ) {
        let asked = TuplePlaces.each.filter { places.contains($0) }
        for (index, place) in asked.enumerated() {
            let next = index == asked.count - 1 ? onFalse : newLabel()
            body(&self, place, test.isNegated ? next : onTrue, test.isNegated ? onTrue : next)
            if index < asked.count - 1 { program.place(next) }
        }
    }

    /// - Parameter absent: where to go if the message has no address there.
    private mutating func write(
        _ prefix: IPPrefix, of place: TuplePlaces, onTrue: Int, onFalse: Int, absent: Int
    ) {
        program.load(byteCount: 1, at: Layout.family)
        program.branch(.equal, UInt32(prefix.family.rawValue), onFalse: onFalse)
        // CTA_IP_V4_SRC, _DST; CTA_IP_V6_SRC, _DST
        let number: UInt32 = (prefix.family == .ipv4 ? 1 : 3) + (place.isSource ? 0 : 1)
        program.loadMemory(Slot.addresses + place.tuple)
        program.setIndex(number)
        program.findNestedAttribute()
        program.branch(.equal, 0, onTrue: absent)
        program.setIndexToAccumulator()
        let words =
            prefix.family == .ipv4
            ? [prefix.address.ipv4Bits]
            : [prefix.address.high >> 32, prefix.address.high, prefix.address.low >> 32, prefix.address.low]
                .map { UInt32(truncatingIfNeeded: $0) }
        var left = prefix.length
        for (index, word) in words.enumerated() where left > 0 {
            program.load(byteCount: 4, behindIndex: Layout.payload + 4 * UInt32(index))
            if left < 32 { program.mask(~(.max >> UInt32(left))) }
            program.branch(.equal, word, onFalse: onFalse)
            left -= 32
        }
        program.jump(to: onTrue)
    }

    private mutating func compare(with range: ClosedRange<UInt32>, onTrue: Int, onFalse: Int) {
        if range.lowerBound == range.upperBound {
            return program.branch(.equal, range.lowerBound, onTrue: onTrue, onFalse: onFalse)
        }
        program.branch(.greaterOrEqual, range.lowerBound, onFalse: onFalse)
        program.branch(.greater, range.upperBound, onTrue: onFalse, onFalse: onTrue)
    }

    /// The accumulator becomes the value of an attribute within the one whose offset is in memory.
    private mutating func loadNested(_ number: UInt32, in slot: UInt32, byteCount: Int, absent: Int) {
        program.loadMemory(slot)
        program.setIndex(number)
        program.findNestedAttribute()
        program.branch(.equal, 0, onTrue: absent)
        program.setIndexToAccumulator()
        program.load(byteCount: byteCount, behindIndex: Layout.payload)
    }

    /// The zone of the whole entry, else of the original direction alone.
    private mutating func loadZone(absent: Int) {
        let (found, nested) = (newLabel(), newLabel())
        program.load(Layout.attributes)
        program.setIndex(18)  // CTA_ZONE
        program.findAttribute()
        program.branch(.equal, 0, onTrue: nested, onFalse: found)
        program.place(nested)
        program.loadMemory(Slot.original)
        program.setIndex(3)  // CTA_TUPLE_ZONE
        program.findNestedAttribute()
        program.branch(.equal, 0, onTrue: absent)
        program.place(found)
        program.setIndexToAccumulator()
        program.load(byteCount: 2, behindIndex: Layout.payload)
    }

    /// See ``SourceTest/admits(_:_:)`` for what is asked of which kind of message.
    private mutating func writeMark(_ value: UInt32, _ mask: UInt32, onTrue: Int, _ branches: (yes: Int, no: Int)) {
        let (isNew, unmarked) = (newLabel(), newLabel())
        program.load(byteCount: 2, at: Layout.type)
        program.branch(.equal, UInt32((0x0102 as UInt16).bigEndian), onTrue: onTrue)  // IPCTNL_MSG_CT_DELETE
        program.load(byteCount: 2, at: Layout.flags)
        program.mask(UInt32((0x0600 as UInt16).bigEndian))  // NLM_F_CREATE | NLM_F_EXCL: it is new
        program.storeMemory(Slot.isNew)
        program.load(Layout.attributes)
        program.setIndex(8)  // CTA_MARK
        program.findAttribute()
        program.branch(.equal, 0, onTrue: unmarked)
        program.setIndexToAccumulator()
        program.loadMemory(Slot.isNew)
        program.branch(.equal, 0, onTrue: onTrue)
        program.load(byteCount: 4, behindIndex: Layout.payload)
        program.branch(.equal, 0, onTrue: onTrue, onFalse: isNew)
        program.place(isNew)
        program.mask(mask)
        program.branch(.equal, value, onTrue: branches.yes, onFalse: branches.no)
        program.place(unmarked)
        program.loadMemory(Slot.isNew)
        program.branch(.anyBit, .max, onTrue: onTrue)
        program.jump(to: value == 0 ? branches.yes : branches.no)
    }
}

extension BooleanTree {
    /// Of parts that must all pass, those without the one that has most tests: passed by whatever passes this.
    fileprivate var withoutLargestPart: BooleanTree {
        guard case .all(let parts) = self, parts.count > 1,
            let largest = parts.indices.max(by: { parts[$0].testCount < parts[$1].testCount })
        else { return .always }
        var kept = parts
        kept.remove(at: largest)
        return BooleanTree.all(kept).simplified
    }
}

extension TuplePlaces {
    fileprivate var isSource: Bool { self == .originalSource || self == .replySource }

    /// How much further the offsets of the place's tuple are in memory.
    fileprivate var tuple: UInt32 { self == .replySource || self == .replyDestination ? 2 : 0 }
}
