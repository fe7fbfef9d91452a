import FlowModel
import Reports

/// Some events of the stream in a row, and their text while somebody wants it.
///
/// Events never change, so readers look at them without a lock.
final class EventChunk: Sendable {
    /// How many events a chunk has at most: enough that finding it costs nothing, so few that a reader who holds one holds little.
    static let greatestCount = 256
    /// Bytes that a chunk takes beside its events: the objects, the interfaces, and their place in the ring.
    private static let overhead = 448

    let firstSequence: UInt64
    let events: [SessionEvent]
    /// The events' interfaces of that time, as an index may be another's later. Names need not be kept: their numbers stay while an
    /// event has them (``insertNames(into:)``).
    let interfaces: InterfaceNames
    private let lines = Lock<ChunkLines?>(nil)

    init(_ events: ArraySlice<SessionEvent>, firstSequence: UInt64, interfaces: InterfaceNames) {
        let events = Array(exactly: events)
        self.events = events
        self.firstSequence = firstSequence
        // Of all interfaces of a host of containers each chunk would have a copy of its own.
        self.interfaces = interfaces.narrowed(to: events)
    }

    /// The number of the first event behind it.
    var nextSequence: UInt64 { firstSequence + UInt64(events.count) }

    /// Bytes that it takes without its text.
    var byteCount: Int { Self.overhead + events.count * MemoryLayout<SessionEvent>.stride }

    /// The names that its lines have.
    func insertNames(into set: inout NameSet) {
        interfaces.insertNames(into: &set)
        for index in events.indices { set.insert(namesOf: events[index].session) }
    }

    /// The lines if they are there.
    var writtenLines: ChunkLines? { lines.withLock { $0 } }

    /// The lines, written now if nobody wanted them before.
    ///
    /// - Parameter writer: writes them.
    func lines(writtenBy writer: (EventChunk) -> ChunkLines) -> (lines: ChunkLines, isNew: Bool) {
        lines.withLock { lines in
            if let lines { return (lines, false) }
            let written = writer(self)
            lines = written
            return (written, true)
        }
    }

    /// Forgets the lines: who wants them writes them anew.
    func forgetLines() { lines.withLock { $0 = nil } }
}

/// The text of a chunk's events, as NDJSON.
struct ChunkLines: Sendable {
    var text: [UInt8]
    /// Where in the text each event's line ends.
    var ends: [Int]

    /// Bytes that they take.
    var byteCount: Int { text.count + ends.count * MemoryLayout<Int>.stride }

    /// Where in the text the lines of some events are.
    func range(of events: Range<Int>) -> Range<Int> {
        let start = events.lowerBound == 0 ? 0 : ends[events.lowerBound - 1]
        return start..<(events.isEmpty ? start : ends[events.upperBound - 1])
    }

    /// How many lines from one on fit into so many bytes.
    func count(from first: Int, fittingInto byteCount: Int) -> Int {
        let start = range(of: first..<first).lowerBound
        var (low, high) = (first, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] - start <= byteCount { low = middle + 1 } else { high = middle }
        }
        return low - first
    }
}
