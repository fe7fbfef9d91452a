internal import FlowModel
internal import Query
internal import Reports

/// One reader of the event stream, at its own pace: what it was too slow for is lost to it, and counted.
///
/// It belongs to whoever holds it and leaves the stream with its last holder. It may be used from any thread, by one at a time.
public final class EventReader: Sendable {
    private struct State {
        /// The number of the next event to be told.
        var next: UInt64
        var walk: InitialWalk?
        /// Whether its walk's place was given to another reader: what it would have told, nobody knows any more.
        var isGivenUp = false
        /// The loss that this is to the reader, until it is told.
        var untold: SessionEvent?
        /// Writes what no lines are shared of.
        var report: EventReport
        var hasBegun = false
        /// When the last event happened that was told.
        var lastTime: Timestamp?

        /// The number of the event before the next one; `nil` where that is the first.
        var lastSequence: UInt64? { next > 0 ? next - 1 : nil }
    }

    /// Events that are looked at in one reading, so that a filter which excludes most does not make it long.
    private static let greatestLook = 16_384

    private let stream: EventStream
    private let number: UInt64
    private let filter: SessionFilter?
    private let format: EventFormat
    private let onNews: @Sendable () -> Void
    private let state: Lock<State>

    init(
        of stream: EventStream, number: UInt64, next: UInt64, walk: InitialWalk?, filter: SessionFilter?,
        format: EventFormat, onNews: @escaping @Sendable () -> Void
    ) {
        self.stream = stream
        self.number = number
        self.filter = filter.flatMap { $0.isOpen ? nil : $0 }
        self.format = format
        self.onNews = onNews
        state = Lock(State(next: next, walk: walk, report: EventReport(format: format)))
        walk?.seat.whenLost { [weak self] in self?.giveUp() }
    }

    private func giveUp() {
        state.withLock { state in
            // The end of the table may have been told meanwhile.
            guard let walk = state.walk else { return }
            let time = max(walk.time, state.lastTime ?? walk.time)
            let loss = LossReport(lane: .conntrack, cause: .output, count: nil, from: time, to: time)
            state.untold = SessionEvent(time: time, kind: .loss(loss))
            state.walk = nil
            state.isGivenUp = true
        }
    }

    deinit { stream.remove(reader: number) }

    /// Appends the text of the next events.
    ///
    /// - Parameters:
    ///   - byteLimit: the event that brings the text to so many bytes is the last one.
    ///   - eventLimit: how many events at most.
    /// - Complexity: O(events looked at), which are bounded.
    public func read(atMost byteLimit: Int, events eventLimit: Int = .max, into text: inout [UInt8]) -> EventReading {
        var own: [UInt8] = []
        swap(&own, &text)
        let (reading, bytes) = state.withLock { state in
            if !state.hasBegun { state.report.begin(into: &own) }
            state.hasBegun = true
            var turn = Turn(text: own, byteLimit: byteLimit, eventLimit: eventLimit)
            guard !state.isGivenUp else {
                turn.reading.isGivenUp = true
                tellGivingUp(&state, &turn)
                return (turn.reading, turn.text)
            }
            state.walk?.seat.renew()
            while !turn.isOver, advance(&state, &turn) {}
            if state.walk == nil { turn.reading.lastSequence = state.lastSequence }
            return (turn.reading, turn.text)
        }
        text = bytes
        return reading
    }

    /// Appends what the format has behind the last event.
    public func finish(into text: inout [UInt8]) {
        let end = state.withLock { state in
            var end: [UInt8] = []
            if !state.hasBegun { state.report.begin(into: &end) }
            state.hasBegun = true
            state.report.end(into: &end)
            return end
        }
        text += end
    }

    /// One reading under way.
    private struct Turn {
        var text: [UInt8]
        var reading = EventReading()
        /// Events looked at.
        var lookCount = 0
        private let byteLimit: Int
        private let eventLimit: Int
        /// Where the first event begins in the text.
        private let start: Int

        init(text: consuming [UInt8], byteLimit: Int, eventLimit: Int) {
            start = text.count
            self.text = text
            self.byteLimit = byteLimit
            self.eventLimit = eventLimit
        }

        var isOver: Bool { bytesLeft <= 0 || eventsLeft <= 0 || lookCount >= EventReader.greatestLook }

        var bytesLeft: Int { byteLimit - (text.count - start) }

        var eventsLeft: Int { eventLimit - reading.eventCount }
    }

    /// Takes the next step: a part of a chunk, or a slice of the walk.
    ///
    /// - Returns: whether there may be more to do.
    private func advance(_ state: inout State, _ turn: inout Turn) -> Bool {
        let bound = state.walk?.sliceSequence() ?? .max
        if state.next >= bound {
            walk(&state, &turn)
            return true
        }
        let (look, isEnded) = stream.look(at: state.next, for: number, onNews: onNews)
        switch look {
        case .end:
            turn.reading.isAtEnd = true
            turn.reading.isEnded = isEnded
            return false
        case .gone(let oldest): tellLoss(before: oldest, &state, &turn)
        case .chunk(let chunk):
            // Numbers that the store gave to what it could not hand on belong to no event.
            state.next = min(max(state.next, chunk.firstSequence), bound)
            let first = Int(state.next - chunk.firstSequence)
            let end = Int(min(chunk.nextSequence, bound) - chunk.firstSequence)
            guard first < end else { break }
            if state.walk == nil, format == .ndjson, filter == nil {
                copyLines(of: chunk, first..<end, &state, &turn)
            } else {
                tell(chunk, first..<end, &state, &turn)
            }
        }
        return true
    }

    /// Copies the lines of events as they stand in the text that all readers share.
    private func copyLines(of chunk: EventChunk, _ events: Range<Int>, _ state: inout State, _ turn: inout Turn) {
        let lines = stream.lines(of: chunk)
        let count = min(
            lines.count(from: events.lowerBound, fittingInto: turn.bytesLeft) + 1, events.count, turn.eventsLeft)
        turn.text += lines.text[lines.range(of: events.lowerBound..<events.lowerBound + count)]
        turn.reading.eventCount += count
        turn.lookCount += count
        state.next += UInt64(count)
        state.lastTime = chunk.events[events.lowerBound + count - 1].time
    }

    /// Tells those of a chunk's events that the filter admits.
    private func tell(_ chunk: EventChunk, _ events: Range<Int>, _ state: inout State, _ turn: inout Turn) {
        let lines = format == .ndjson ? chunk.writtenLines : nil
        let names = stream.book(for: chunk)
        for index in events where !turn.isOver {
            turn.lookCount += 1
            if let beginning = state.walk?.meet(chunk.events[index]) {
                write(beginning, sequence: state.lastSequence ?? 0, names, &state, &turn)
                if turn.isOver { return }
            }
            if let lines, isWanted(chunk.events[index], names) {
                turn.text += lines.text[lines.range(of: index..<index + 1)]
                turn.reading.eventCount += 1
            } else if lines == nil {
                write(
                    chunk.events[index], sequence: chunk.firstSequence + UInt64(index), names, &state, &turn)
            }
            state.walk?.leave(chunk.events[index])
            state.next = chunk.firstSequence + UInt64(index) + 1
            state.lastTime = chunk.events[index].time
        }
    }

    /// Tells the sessions of a slice, or as many as there is room for.
    private func walk(_ state: inout State, _ turn: inout Turn) {
        while !turn.isOver {
            guard let (event, names) = state.walk?.next() else {
                if state.walk?.advance() != true { state.walk = nil }
                return
            }
            turn.lookCount += 1
            write(event, sequence: state.lastSequence ?? 0, names, &state, &turn)
        }
    }

    /// Tells how many events the reader was too slow for, under the number of the last of them.
    private func tellLoss(before oldest: EventChunk, _ state: inout State, _ turn: inout Turn) {
        let count = oldest.firstSequence - state.next
        let end = oldest.events.first?.time ?? Timestamp(nanoseconds: 0)
        let loss = LossReport(
            lane: .conntrack, cause: .output, count: count, from: min(state.lastTime ?? end, end), to: end)
        stream.noteLost(count)
        turn.reading.lostCount += count
        state.next = oldest.firstSequence
        write(
            SessionEvent(time: end, kind: .loss(loss)), sequence: oldest.firstSequence - 1, stream.book(for: oldest),
            &state, &turn)
    }

    /// Tells that sessions of the table were not told, and nobody knows how many: what ends so is not whole.
    private func tellGivingUp(_ state: inout State, _ turn: inout Turn) {
        guard let loss = state.untold.take() else { return }
        write(loss, sequence: state.lastSequence ?? 0, stream.book, &state, &turn)
    }

    /// Writes an event if it is wanted.
    private func write(
        _ event: borrowing SessionEvent, sequence: UInt64, _ names: NameBook, _ state: inout State, _ turn: inout Turn
    ) {
        guard isWanted(event, names) else { return }
        state.report.append(event, sequence: sequence, names: names, into: &turn.text)
        turn.reading.eventCount += 1
    }

    private func isWanted(_ event: borrowing SessionEvent, _ names: NameBook) -> Bool {
        guard let filter else { return true }
        switch event.kind {
        case .loss, .resyncBegan, .resync, .shed: return true
        case .start, .update, .end, .denied:
            return filter.admits(event.session, interfaces: names.interfaces, now: event.time)
        }
    }
}
