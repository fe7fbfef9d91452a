public import FlowModel
internal import Wire

/// Writes what the kernel sent into a savefile, in the order in which it was taken in.
///
/// The file is LINKTYPE_NETLINK: tcpdump and Wireshark read it, and ``SavefileSource`` replays it.
public final class Recorder: Sendable {
    private struct State: ~Copyable {
        let file: RecordingFile
        var pending = RecordBuffer()
    }

    /// What has become of the recording.
    public struct Figures: Sendable {
        /// Those that are in the file, or on their way.
        public internal(set) var recordCount: UInt64 = 0
        /// Whether one of them is the mark of the recording's end, which tells of nothing else.
        public internal(set) var hasEndMark = false
        /// Those that could not be written, or not whole.
        public internal(set) var unwrittenCount: UInt64 = 0

        public init() {}
    }

    private let state: Lock<State>
    /// Not in ``state``, whose lock is held while a slow reader is waited for.
    private let firstFailure = Lock<IngestError?>(nil)
    /// The same: somebody may ask just then.
    private let counts = Lock(Figures())
    private let hurry: Signal

    /// Creates the file, readable by its owner only, as it tells who talks to whom; or empties one that exists, whose mode is
    /// somebody's choice and stays.
    ///
    /// - Parameter path: `-` is the standard output.
    public init(path: String) throws(IngestError) {
        let file = try RecordingFile.create(path)
        hurry = try Signal()
        var pending = RecordBuffer()
        SavefileHeader(linkType: .netlink).append(to: &pending.bytes)
        state = Lock(State(file: file, pending: pending))
    }

    /// Why nothing is written any more; `nil` while all is well.
    public var failure: IngestError? { firstFailure.withLock { $0 } }

    /// The end is near: a slow reader is not waited for any longer, so that the sources can stop.
    public func stopWaiting() { hurry.raise() }

    public var figures: Figures { counts.withLock { $0 } }

    /// Appends messages, and hands them on before anybody else can append.
    func record<Result>(
        at time: Timestamp, _ body: (inout RecordBatch) -> Void, then handOn: () -> Result
    ) -> Result {
        state.withLock { state in
            var batch = RecordBatch(time: time, records: state.pending)
            state.pending = RecordBuffer()
            body(&batch)
            state.pending = batch.records
            counts.withLock { $0.recordCount += batch.count }
            if state.pending.isFull { flush(&state) }
            return handOn()
        }
    }

    /// Writes what is gathered: nothing came for a while, and somebody may want to look.
    func flush() {
        state.withLock { state in
            if !state.pending.bytes.isEmpty { flush(&state) }
        }
    }

    /// Writes the rest, with a mark of the time at which the recording ended.
    public func finish(at time: ReceiveTime) throws(IngestError) {
        state.withLock { state in
            var batch = RecordBatch(time: time.wall, records: state.pending)
            batch.appendEndMark()
            state.pending = batch.records
            flush(&state)
            // A record like others to every program that reads the file.
            if failure == nil {
                counts.withLock { figures in
                    figures.recordCount += 1
                    figures.hasEndMark = true
                }
            }
        }
        if let failure { throw failure }
    }

    /// Writes what is gathered. The first failure ends the recording; what came before it can be read.
    private func flush(_ state: inout State) {
        if failure == nil {
            do throws(IngestError) {
                return try state.pending.write(to: state.file, unless: hurry)
            } catch {
                firstFailure.withLock { $0 = error }
            }
        }
        let count = state.pending.giveUp()
        counts.withLock { figures in
            figures.recordCount -= count
            figures.unwrittenCount += count
        }
    }
}

/// Records that are being gathered.
struct RecordBatch {
    let time: Timestamp
    fileprivate(set) var records: RecordBuffer
    fileprivate(set) var count: UInt64 = 0

    /// Appends netlink messages as one record.
    mutating func append(
        _ messages: ByteReader, _ direction: NetlinkCapture.Direction, _ family: NetlinkCapture.Family
    ) {
        write(messages, direction, family)
        records.endRecord()
        count += 1
    }

    private mutating func write(
        _ messages: ByteReader, _ direction: NetlinkCapture.Direction, _ family: NetlinkCapture.Family
    ) {
        let length = NetlinkCapture.headerSize + messages.count
        SavefileRecord(time: time, length: length).append(to: &records.bytes)
        NetlinkCapture.appendHeader(direction, family, to: &records.bytes)
        records.bytes.append(messages.bytes)
    }

    /// Appends the mark of a loss that the kernel told of.
    mutating func append(_ loss: Loss) {
        var mark: [UInt8] = []
        LossMark.append(count: loss.count, lane: loss.lane, to: &mark)
        append(mark.reader, .fromKernel, .netfilter)
    }

    /// Appends the mark of a change in what is taken of conntrack's events.
    mutating func append(_ subscription: Subscription) {
        var mark: [UInt8] = []
        SubscriptionMark.append(subscription, to: &mark)
        append(mark.reader, .fromKernel, .netfilter)
    }

    /// The mark of a dump that was given up, as the kernel would have told it: NLMSG_DONE with an error.
    mutating func appendFailure() {
        let mark = NetlinkMessage.failedDump
        append(mark.reader, .fromKernel, .netfilter)
    }

    /// NLMSG_NOOP: nothing is to be done, but time has passed. Where it could not be written, nothing is missing.
    fileprivate mutating func appendEndMark() {
        let mark: [UInt8] = NetlinkMessage.noOperation
        write(mark.reader, .fromKernel, .netfilter)
    }
}
