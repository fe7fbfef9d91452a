internal import FlowModel
internal import Wire

/// Records of several threads, put into the order in which their frames passed.
///
/// Each thread's records are in order, and none comes later than a ring keeps a block.
struct FrameOrder {
    /// Where a frame is from.
    struct Origin {
        /// Which of the recording's captures.
        var capture: Int
        var interface: InterfaceIndex
        var linkType: LinkType
    }

    private struct Entry {
        var time: Timestamp
        var origin: Origin
        var bytes: Range<Int>
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    /// Takes in a record.
    ///
    /// - Parameter write: appends its bytes.
    mutating func add(at time: Timestamp, from origin: Origin, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        entries.append(Entry(time: time, origin: origin, bytes: start..<bytes.count))
    }

    /// Hands on, in their order, the records of frames that passed before a time.
    mutating func takeOut(before horizon: Timestamp, _ body: (Timestamp, Origin, ArraySlice<UInt8>) -> Void) {
        // What came first stays first where times are the same.
        entries.sort { ($0.time, $0.bytes.lowerBound) < ($1.time, $1.bytes.lowerBound) }
        let count = entries.firstIndex { $0.time >= horizon } ?? entries.count
        guard count > 0 else { return }
        for entry in entries[..<count] { body(entry.time, entry.origin, bytes[entry.bytes]) }
        var rest = FrameOrder()
        for entry in entries[count...] { rest.add(at: entry.time, from: entry.origin) { $0 += bytes[entry.bytes] } }
        self = rest
    }
}
