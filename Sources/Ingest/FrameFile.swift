internal import FlowModel
internal import Wire

/// The savefile of a recording, which its threads write together.
final class FrameFile: Sendable {
    private struct State: ~Copyable {
        var file: RecordingFile
        var rotation: SavefileRotation?
        var writer: SavefileWriter
        /// What is to be written.
        var pending = RecordBuffer()
        /// Where several threads write.
        var order: FrameOrder?
        /// When the order was last asked.
        var lastTurn: UInt64 = 0
        var figures = FrameRecorder.Figures()
        var hasFailed = false
    }

    /// Nanoseconds that a frame may wait for those of other threads: a block comes after some 100 ms at the latest.
    private static let patience: Int64 = 300_000_000
    /// Nanoseconds between two looks at which frames have waited long enough.
    private static let turn: UInt64 = 100_000_000

    private let failure: SourceFailure
    private let state: Lock<State>
    /// Not in ``state``, whose lock is held while a slow reader is waited for: somebody may ask just then.
    private let toldFigures = Lock(FrameRecorder.Figures())
    private let hurry: Signal

    init(
        _ path: String, _ rotation: SavefileRotation?, _ writer: SavefileWriter, needsOrder: Bool,
        unless stop: Signal, failure: SourceFailure
    ) throws(IngestError) {
        self.failure = failure
        hurry = try Signal()
        var state = State(
            file: try RecordingFile.create(path, unless: stop), rotation: rotation, writer: writer,
            order: needsOrder ? FrameOrder() : nil)
        Self.begin(at: ReceiveTime.now.wall, &state)
        let figures = state.figures
        toldFigures.withLock { $0 = figures }
        self.state = Lock(state)
    }

    var figures: FrameRecorder.Figures { toldFigures.withLock { $0 } }

    /// Has those who ask know what came by now.
    private func tell(_ state: borrowing State) {
        let figures = state.figures
        toldFigures.withLock { $0 = figures }
    }

    /// The end is near: a slow reader is not waited for any longer.
    func stopWaiting() { hurry.raise() }

    /// Takes in the frames of a block.
    func append(_ block: RingBlock, of capture: Int) {
        state.withLock { state in
            var block = block
            while let frame = block.next() { append(frame, of: capture, &state) }
            if block.lostCount > 0 { note(UInt64(block.lostCount), of: capture, &state) }
            tell(state)
        }
    }

    private func append(_ frame: Frame, of capture: Int, _ state: inout State) {
        let time = frame.facts.time
        let origin = FrameOrder.Origin(
            capture: capture, interface: frame.facts.interface, linkType: frame.facts.linkType)
        if state.order != nil {
            guard prepare(for: origin, at: time, &state) else { return leaveOut(&state) }
            let writer = state.writer
            state.order?.add(at: time, from: origin) { writer.append(frame, to: &$0) }
            return
        }
        let length = state.writer.length(of: frame)
        guard makeRoom(for: length, from: origin, at: time, &state) else { return leaveOut(&state) }
        noteFrame(of: capture, &state)
        state.writer.append(frame, to: &state.pending.bytes)
        endRecord(&state)
    }

    /// Tells the file of an interface that was not seen before.
    ///
    /// - Returns: whether a frame of it can be written.
    private func prepare(for origin: FrameOrder.Origin, at time: Timestamp, _ state: inout State) -> Bool {
        switch state.writer.fit(of: origin.interface, origin.linkType) {
        case .fits: return true
        case .isOfOtherKind:
            failOfKind(&state)
            return false
        case .isOfUnknownInterface:
            guard makeRoom(for: state.writer.descriptionLength, at: time, &state) else { return false }
            let name = CaptureInterface.name(of: origin.interface) ?? ""
            state.writer.describe(origin.interface, origin.linkType, name: Array(name.utf8), to: &state.pending.bytes)
            return true
        }
    }

    /// A savefile of the classic format has one link type, and the interface that was made anew under the name may have another.
    private func failOfKind(_ state: inout State) {
        guard !state.hasFailed else { return }
        fail(
            IngestError(
                .unavailable, "write savefile",
                reason: "the interface was made anew as one whose packets begin otherwise",
                cure: "what came before is written: begin another recording, in pcapng, which may have both kinds"),
            &state)
    }

    /// Time has passed: what waits for others has waited long enough, and somebody may want to look at the file.
    func advance(to time: ReceiveTime) {
        state.withLock { state in
            guard time.monotonic &- state.lastTurn >= Self.turn else { return }
            state.lastTurn = time.monotonic
            takeOut(before: Timestamp(nanoseconds: time.wall.nanoseconds - Self.patience), &state)
            flush(&state)
            tell(state)
        }
    }

    func note(_ loss: Loss, of capture: Int) {
        state.withLock { state in
            note(loss.count, of: capture, &state)
            tell(state)
        }
    }

    private func note(_ count: UInt64?, of capture: Int, _ state: inout State) {
        if let count { state.figures.lostCount += count } else { state.figures.uncountedLosses += 1 }
        state.writer.blocks?.noteLoss(of: count, in: capture)
    }

    private func noteFrame(of capture: Int, _ state: inout State) {
        state.figures.frameCount += 1
        state.writer.blocks?.noteFrame(in: capture)
    }

    /// Nothing is written any more: a frame that comes now is missing.
    private func leaveOut(_ state: inout State) { state.figures.unwrittenCount += 1 }

    /// Writes the rest.
    func finish(at time: Timestamp) {
        state.withLock { state in
            takeOut(before: Timestamp(nanoseconds: .max), &state)
            if !state.hasFailed { state.writer.end(at: time, to: &state.pending.bytes) }
            flush(&state)
            tell(state)
        }
    }

    private func takeOut(before horizon: Timestamp, _ state: inout State) {
        guard var order = state.order.take() else { return }
        order.takeOut(before: horizon) { time, origin, record in
            guard makeRoom(for: record.count, from: origin, at: time, &state) else { return leaveOut(&state) }
            noteFrame(of: origin.capture, &state)
            let start = state.pending.bytes.count
            state.pending.bytes += record
            state.writer.correct(origin.interface, origin.linkType, at: start, in: &state.pending.bytes)
            endRecord(&state)
        }
        state.order = order
    }

    /// Has the file that a frame belongs into tell of its interface.
    private func makeRoom(
        for length: Int, from origin: FrameOrder.Origin, at time: Timestamp, _ state: inout State
    ) -> Bool {
        // Before and behind, as either may begin another file.
        prepare(for: origin, at: time, &state) && makeRoom(for: length, at: time, &state)
            && prepare(for: origin, at: time, &state)
    }

    /// Goes on in the next file, where a record does not belong into the one that is being written.
    ///
    /// - Returns: whether the record is to be written.
    private func makeRoom(for length: Int, at time: Timestamp, _ state: inout State) -> Bool {
        guard !state.hasFailed else { return false }
        if let step = state.rotation?.next(adding: length, at: time) { begin(step, at: time, &state) }
        return !state.hasFailed
    }

    private func endRecord(_ state: inout State) {
        state.pending.endRecord()
        if state.pending.isFull { flush(&state) }
    }

    private func begin(_ step: SavefileRotation.Step, at time: Timestamp, _ state: inout State) {
        state.writer.end(at: time, to: &state.pending.bytes)
        flush(&state)
        guard !state.hasFailed else { return }
        do throws(IngestError) {
            state.file = try RecordingFile.create(step.path, unless: hurry)
            Self.begin(at: time, &state)
            for path in step.removed { RecordingFile.remove(path) }
        } catch {
            fail(error, &state)
        }
    }

    /// Begins the file that was just created.
    private static func begin(at time: Timestamp, _ state: inout State) {
        let start = state.pending.bytes.count
        state.writer.begin(at: time, to: &state.pending.bytes)
        state.rotation?.add(state.pending.bytes.count - start + state.writer.endLength)
        state.figures.fileCount += 1
    }

    private func flush(_ state: inout State) {
        guard !state.hasFailed, !state.pending.bytes.isEmpty else { return }
        tell(state)
        do throws(IngestError) {
            try state.pending.write(to: state.file, unless: hurry)
        } catch {
            fail(error, &state)
        }
    }

    /// The first failure ends the recording; what came before it can be read.
    private func fail(_ error: IngestError, _ state: inout State) {
        state.hasFailed = true
        let count = state.pending.giveUp()
        state.figures.frameCount -= count
        state.figures.unwrittenCount += count
        failure.report(error)
    }
}
