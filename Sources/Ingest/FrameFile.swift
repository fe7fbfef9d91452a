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
        /// A record that is being made.
        var record: [UInt8] = []
        var figures = FrameRecorder.Figures()
        var hasFailed = false
    }

    private static let flushSize = 1 << 20
    /// Nanoseconds that a frame may wait for those of other threads: a block comes after a good sixteenth of a second at the latest.
    private static let patience: Int64 = 300_000_000

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
            let isCooked = linkType == .linuxCooked2
            while let frame = block.next() {
                if state.order != nil {
                    state.order?.add(at: frame.facts.time) {
                        SavefileRecord.append(frame, cooked: isCooked, to: &$0)
                    }
                } else {
                    state.record.removeAll(keepingCapacity: true)
                    SavefileRecord.append(frame, cooked: isCooked, to: &state.record)
                    write(at: frame.facts.time, state.record[...], &state)
                }
            }
            state.figures.lostCount += UInt64(block.lostCount)
        }
    }

    /// Time has passed: what waits for others has waited long enough, and somebody may want to look at the file.
    func advance(to time: ReceiveTime) {
        state.withLock { state in
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
        order.takeOut(before: horizon) { time, record in write(at: time, record, &state) }
        state.order = order
    }

    /// Appends a record, in the next file where that is due.
    private func write(at time: Timestamp, _ record: ArraySlice<UInt8>, _ state: inout State) {
        guard !state.hasFailed else { return }
        if let step = state.rotation?.next(adding: record.count, at: time) { begin(step, &state) }
        state.pending += record
        state.figures.frameCount += 1
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
