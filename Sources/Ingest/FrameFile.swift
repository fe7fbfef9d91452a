internal import FlowModel
internal import Wire

/// The savefile of a capture, which its threads write together.
final class FrameFile: Sendable {
    private struct State: ~Copyable {
        var file: RecordingFile
        var rotation: SavefileRotation?
        /// What is to be written.
        var pending: [UInt8]
        /// Where several threads write.
        var order: FrameOrder?
        /// When the order was last asked.
        var lastTurn: UInt64 = 0
        var figures = FrameRecorder.Figures()
        var hasFailed = false
    }

    private static let flushSize = 1 << 20
    /// Nanoseconds that a frame may wait for those of other threads: a block comes after a good sixteenth of a second at the latest.
    private static let patience: Int64 = 300_000_000
    /// Nanoseconds between two looks at which frames have waited long enough.
    private static let turn: UInt64 = 100_000_000

    private let linkType: LinkType
    private let snapLength: UInt32
    private let failure: SourceFailure
    private let state: Lock<State>
    private let hurry: Signal

    init(
        _ path: String, _ rotation: SavefileRotation?, linkType: LinkType, snapLength: UInt32, needsOrder: Bool,
        failure: SourceFailure
    ) throws(IngestError) {
        self.linkType = linkType
        self.snapLength = snapLength
        self.failure = failure
        hurry = try Signal()
        var pending: [UInt8] = []
        SavefileHeader(linkType: linkType, snapLength: snapLength).append(to: &pending)
        var state = State(
            file: try RecordingFile.create(path), rotation: rotation, pending: pending,
            order: needsOrder ? FrameOrder() : nil)
        state.figures.fileCount = 1
        self.state = Lock(state)
    }

    var figures: FrameRecorder.Figures { state.withLock { $0.figures } }

    /// The end is near: a slow reader is not waited for any longer.
    func stopWaiting() { hurry.raise() }

    /// Takes in the frames of a block.
    func append(_ block: RingBlock) {
        state.withLock { state in
            var block = block
            while let frame = block.next() { append(frame, &state) }
            state.figures.lostCount += UInt64(block.lostCount)
        }
    }

    private func append(_ frame: Frame, _ state: inout State) {
        let isCooked = linkType == .linuxCooked2
        let time = frame.facts.time
        guard isCooked || frame.facts.linkType == linkType else { return failOfKind(&state) }
        if state.order != nil {
            state.order?.add(at: time) {
                SavefileRecord.append(frame, cooked: isCooked, snapLength: snapLength, to: &$0)
            }
            return
        }
        let length = SavefileRecord.length(of: frame, cooked: isCooked, snapLength: snapLength)
        guard makeRoom(for: length, at: time, &state) else { return }
        SavefileRecord.append(frame, cooked: isCooked, snapLength: snapLength, to: &state.pending)
        flushIfMuch(&state)
    }

    /// A savefile has one link type, and the interface that was made anew under the name may have another.
    private func failOfKind(_ state: inout State) {
        guard !state.hasFailed else { return }
        fail(
            IngestError(
                .unavailable, "write a savefile of \(linkType)",
                reason: "the interface was made anew as one whose packets begin otherwise",
                cure: "what came before is written: begin another recording"), &state)
    }

    /// Time has passed: what waits for others has waited long enough, and somebody may want to look at the file.
    func advance(to time: ReceiveTime) {
        state.withLock { state in
            guard time.monotonic &- state.lastTurn >= Self.turn else { return }
            state.lastTurn = time.monotonic
            takeOut(before: Timestamp(nanoseconds: time.wall.nanoseconds - Self.patience), &state)
            flush(&state)
        }
    }

    func note(_ loss: Loss) {
        state.withLock { state in
            if let count = loss.count { state.figures.lostCount += count } else { state.figures.uncountedLosses += 1 }
        }
    }

    /// Writes the rest.
    func finish() {
        state.withLock { state in
            takeOut(before: Timestamp(nanoseconds: .max), &state)
            flush(&state)
        }
    }

    private func takeOut(before horizon: Timestamp, _ state: inout State) {
        guard var order = state.order.take() else { return }
        order.takeOut(before: horizon) { time, record in
            guard makeRoom(for: record.count, at: time, &state) else { return }
            state.pending += record
            flushIfMuch(&state)
        }
        state.order = order
    }

    /// Goes on in the next file, where a record does not belong into the one that is being written.
    ///
    /// - Returns: whether the record is to be written.
    private func makeRoom(for length: Int, at time: Timestamp, _ state: inout State) -> Bool {
        guard !state.hasFailed else { return false }
        if let step = state.rotation?.next(adding: length, at: time) { begin(step, &state) }
        guard !state.hasFailed else { return false }
        state.figures.frameCount += 1
        return true
    }

    private func flushIfMuch(_ state: inout State) {
        if state.pending.count >= Self.flushSize { flush(&state) }
    }

    private func begin(_ step: SavefileRotation.Step, _ state: inout State) {
        flush(&state)
        do throws(IngestError) {
            state.file = try RecordingFile.create(step.path)
            state.figures.fileCount += 1
            SavefileHeader(linkType: linkType, snapLength: snapLength).append(to: &state.pending)
            for path in step.removed { RecordingFile.remove(path) }
        } catch {
            fail(error, &state)
        }
    }

    private func flush(_ state: inout State) {
        guard !state.hasFailed, !state.pending.isEmpty else { return }
        do throws(IngestError) {
            try state.file.write(&state.pending, unless: hurry)
        } catch {
            fail(error, &state)
        }
    }

    /// The first failure ends the recording; what came before it can be read.
    private func fail(_ error: IngestError, _ state: inout State) {
        state.hasFailed = true
        state.pending = []
        failure.report(error)
    }
}
