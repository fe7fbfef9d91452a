import FlowModel

/// The stream's last events, as many as its bytes hold, and how much of their text is kept; a value behind the stream's lock.
///
/// Text has a share of its own: what a reader that comes late has written for itself must not drive out what it wants to read next.
struct EventRing {
    private struct Entry {
        var chunk: EventChunk
        /// Bytes of its lines; 0 where there are none.
        var lineByteCount = 0
    }

    /// What is found at a place.
    enum Look {
        /// The chunk that has the event, or the first one behind a gap.
        case chunk(EventChunk)
        /// The event is no longer kept: the oldest chunk that is.
        case gone(oldest: EventChunk)
        /// The event is still to come.
        case end
    }

    let byteLimit: Int
    /// The number that the next event gets.
    private(set) var nextSequence: UInt64 = 0
    private var eventByteCount = 0
    private var lineByteCount = 0
    /// In order; `nil` before ``head``, where what was forgotten had its place.
    private var entries: [Entry?] = []
    private var head = 0
    /// No entry before this one has lines.
    private var firstLines = 0

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    var byteCount: Int { eventByteCount + lineByteCount }

    /// Bytes that text may take; the rest is the events'.
    private var lineByteLimit: Int { byteLimit / 4 }

    /// The number of the oldest event that is kept.
    var oldestSequence: UInt64 { oldest?.firstSequence ?? nextSequence }

    /// What is kept, in order.
    ///
    /// - Complexity: O(chunks).
    var chunks: [EventChunk] { entries[head...].compactMap { $0?.chunk } }

    private var oldest: EventChunk? { head < entries.count ? entries[head]?.chunk : nil }

    /// Appends a chunk, and forgets the oldest ones for which there is no room any more. The newest one stays in any case.
    ///
    /// - Complexity: O(1) on average.
    mutating func append(_ chunk: EventChunk) {
        entries.append(Entry(chunk: chunk))
        eventByteCount += chunk.byteCount
        nextSequence = chunk.nextSequence
        while eventByteCount > byteLimit - lineByteLimit, head + 1 < entries.count { forgetFirst() }
    }

    private mutating func forgetFirst() {
        if let entry = entries[head] {
            eventByteCount -= entry.chunk.byteCount
            lineByteCount -= entry.lineByteCount
        }
        entries[head] = nil
        head += 1
        guard head > 64, head * 2 > entries.count else { return }
        entries.removeFirst(head)
        firstLines = max(firstLines - head, 0)
        head = 0
    }

    /// Counts the lines that a chunk has got.
    ///
    /// - Returns: the chunks, the oldest ones, whose lines there is no room for any more.
    mutating func count(_ lines: ChunkLines, of chunk: EventChunk) -> [EventChunk] {
        guard let place = place(of: chunk.firstSequence), entries[place]?.chunk === chunk else { return [] }
        lineByteCount += lines.byteCount - (entries[place]?.lineByteCount ?? 0)
        entries[place]?.lineByteCount = lines.byteCount
        firstLines = max(min(firstLines, place), head)
        var excess: [EventChunk] = []
        while lineByteCount > lineByteLimit, firstLines < entries.count {
            if let entry = entries[firstLines], entry.lineByteCount > 0 {
                excess.append(entry.chunk)
                lineByteCount -= entry.lineByteCount
                entries[firstLines]?.lineByteCount = 0
            }
            firstLines += 1
        }
        return excess
    }

    /// - Complexity: O(log chunks).
    func look(at sequence: UInt64) -> Look {
        guard sequence < nextSequence, let oldest else { return .end }
        if sequence < oldest.firstSequence { return .gone(oldest: oldest) }
        return place(of: sequence).flatMap { entries[$0].map { .chunk($0.chunk) } } ?? .end
    }

    /// The place of the first chunk that ends behind an event.
    private func place(of sequence: UInt64) -> Int? {
        var (low, high) = (head, entries.count)
        while low < high {
            let middle = (low + high) / 2
            let isBefore = entries[middle].map { $0.chunk.nextSequence <= sequence } ?? true
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return low < entries.count ? low : nil
    }
}
