public import FlowModel
public import Query
public import Reports
public import Sessions

/// The monitor's event stream: the store's events in order, kept for a while for readers that come back or fall behind.
///
/// One thread takes the events out of the store (``gather()``), any number of readers read them, each at its own pace. Nobody waits
/// for a reader: what is no longer kept when it comes is lost to it, and it is told how many that were. What is kept is
/// bounded in bytes, the text that readers share included.
public final class EventStream: Sendable {
    private struct State {
        var ring: EventRing
        var readers: [UInt64: (@Sendable () -> Void)?] = [:]
        var nextReader: UInt64 = 0
        var lostByReaders: UInt64 = 0
        var isEnded = false
    }

    /// The stream's name: sequence numbers of another start of the monitor belong to another stream.
    public let epoch: String
    let store: SessionStore
    let names: NameTable
    private let state: Lock<State>
    private let walkSeats: WalkSeats
    /// Writes the lines that readers share.
    private let writer = Lock(EventReport(format: .ndjson))
    /// The array that swaps places with the store's queue.
    private let taken = Lock<[SessionEvent]>([])

    /// - Parameters:
    ///   - store: its events become the stream's: nobody else may take them.
    ///   - names: those that the store's sources number.
    ///   - byteLimit: how many bytes of events are kept; the newest ones are whatever it is.
    ///   - epoch: a number that no other start has, by which the stream is known.
    ///   - clock: the monotonic one, by which readers are slow.
    public init(
        of store: SessionStore, names: NameTable, byteLimit: Int, epoch: UInt64,
        clock: @escaping @Sendable () -> UInt64
    ) {
        walkSeats = WalkSeats(limit: 8, clock: clock)
        self.store = store
        self.names = names
        var text: [UInt8] = []
        text.appendHexadecimal(epoch, width: 16)
        self.epoch = String(decoding: text, as: UTF8.self)
        state = Lock(State(ring: EventRing(byteLimit: byteLimit)))
    }

    /// Takes the events that wait in the store, and wakes the readers that waited for them.
    ///
    /// - Returns: how many there were.
    /// - Complexity: O(events + readers that wait).
    @discardableResult
    public func gather() -> Int {
        taken.withLock { events in
            let first = store.takeEvents(into: &events)
            guard !events.isEmpty else { return 0 }
            append(events, first: first, interfaces: store.withTable { $0.interfaceNames })
            return events.count
        }
    }

    private func append(_ events: [SessionEvent], first sequence: UInt64, interfaces: InterfaceNames) {
        let chunks = stride(from: 0, to: events.count, by: EventChunk.greatestCount).map { start in
            EventChunk(
                events[start..<min(start + EventChunk.greatestCount, events.count)],
                firstSequence: sequence + UInt64(start), interfaces: interfaces)
        }
        wake { state in
            for chunk in chunks { state.ring.append(chunk) }
        }
    }

    /// No more events will come: readers read what there is, and are told so.
    public func end() {
        wake { $0.isEnded = true }
    }

    private func wake(after change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            var waiting: [@Sendable () -> Void] = []
            for (reader, onNews) in state.readers {
                guard let onNews else { continue }
                waiting.append(onNews)
                state.readers[reader] = .some(nil)
            }
            return waiting
        }
        for onNews in waiting { onNews() }
    }

    /// A new reader.
    ///
    /// - Parameters:
    ///   - filter: which sessions' events it wants; losses and dumps are told to everybody.
    ///   - onNews: called once after a reading that was at the end, when there is more; from any thread, and must not take long.
    public func reader(
        from place: EventPlace, filter: SessionFilter? = nil, format: EventFormat,
        onNews: @escaping @Sendable () -> Void
    ) throws(EventPlaceFault) -> EventReader {
        let next = try state.withLock { state throws(EventPlaceFault) in
            switch place {
            case .now, .initial: return state.ring.nextSequence
            case .after(let sequence, let epoch):
                if let epoch, epoch != self.epoch { throw .anotherEpoch(current: self.epoch) }
                guard sequence < state.ring.nextSequence else { throw .notYetTold(next: state.ring.nextSequence) }
                return sequence + 1
            }
        }
        var walk: InitialWalk?
        if place == .initial {
            guard let seat = walkSeats.take() else { throw .manyBegin }
            walk = InitialWalk(of: store, names, at: seat)
        }
        let number = state.withLock { state in
            state.nextReader += 1
            state.readers[state.nextReader] = .some(nil)
            return state.nextReader
        }
        return EventReader(
            of: self, number: number, next: next, walk: walk, filter: filter, format: format, onNews: onNews)
    }

    /// What the stream says of itself.
    public var status: StreamStatus {
        state.withLock { state in
            var status = StreamStatus()
            status.epoch = epoch
            status.nextSequence = state.ring.nextSequence
            status.oldestSequence = state.ring.oldestSequence
            status.byteCount = state.ring.byteCount
            status.byteLimit = state.ring.byteLimit
            status.readerCount = state.readers.count
            status.lostByReaders = state.lostByReaders
            return status
        }
    }

    /// The names of the events that are kept.
    ///
    /// - Complexity: O(events), none of it under the lock.
    public func insertNames(into set: inout NameSet) {
        for chunk in state.withLock({ $0.ring.chunks }) { chunk.insertNames(into: &set) }
    }

    // MARK: For readers

    /// What is at a place; where that is the end, the reader is woken when there is more.
    ///
    /// - Returns: also whether there will never be more.
    func look(at sequence: UInt64, for reader: UInt64, onNews: @escaping @Sendable () -> Void) -> (
        EventRing.Look, isEnded: Bool
    ) {
        state.withLock { state in
            let look = state.ring.look(at: sequence)
            if case .end = look, !state.isEnded { state.readers[reader] = .some(onNews) }
            return (look, state.isEnded)
        }
    }

    /// The names to write events with that are of no session.
    var book: NameBook { NameBook(names: names.snapshot, interfaces: InterfaceNames()) }

    /// The names to write a chunk's events with.
    func book(for chunk: EventChunk) -> NameBook { NameBook(names: names.snapshot, interfaces: chunk.interfaces) }

    /// The lines of a chunk, written once for all readers, if they come close together.
    func lines(of chunk: EventChunk) -> ChunkLines {
        let (lines, isNew) = chunk.lines { chunk in
            let names = book(for: chunk)
            return writer.withLock { ChunkLines(chunk, by: &$0, names: names) }
        }
        if isNew {
            // Not under the stream's lock: the others' lines may be under way, and the thread that gathers must not wait for them.
            for excess in state.withLock({ $0.ring.count(lines, of: chunk) }) { excess.forgetLines() }
        }
        return lines
    }

    func noteLost(_ count: UInt64) { state.withLock { $0.lostByReaders &+= count } }

    func remove(reader: UInt64) { state.withLock { _ = $0.readers.removeValue(forKey: reader) } }
}

extension ChunkLines {
    /// Writes the lines of a chunk.
    fileprivate init(_ chunk: EventChunk, by report: inout EventReport, names: NameBook) {
        var text: [UInt8] = []
        text.reserveCapacity(chunk.events.count * 1024)
        var ends: [Int] = []
        ends.reserveCapacity(chunk.events.count)
        var sequence = chunk.firstSequence
        for index in chunk.events.indices {
            report.append(chunk.events[index], sequence: sequence, names: names, into: &text)
            ends.append(text.count)
            sequence += 1
        }
        // Kept for long: without the room that it was written in.
        self.init(text: Array(exactly: text[...]), ends: ends)
    }
}
