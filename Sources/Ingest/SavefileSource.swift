public import FlowModel
internal import Flows
internal import Wire

/// Replays a savefile: the records' own times take the place of the clocks.
///
/// Netlink and NFLOG records tell one observation after the other; frames are added up (``FlowTable``) and told once for each second
/// of their time.
public struct SavefileSource: ~Copyable {
    /// Nanoseconds of the recording between two words of its flows, and how far one interface may be behind another.
    private static let flowInterval: Int64 = 1_000_000_000

    /// An interface of the file, as the records of this one are taken in.
    private struct Interface {
        var linkType: LinkType?
        var index: InterfaceIndex
        /// What frames are taken in; all, where it is `nil`.
        var filter: CaptureFilter?
    }

    private var window: FileWindow
    private var reader = SavefileReader()
    private var interfaces: [Interface] = []
    private let names: NameTable
    /// In tcpdump's language: what frames are taken in; empty for all.
    private let expression: String
    /// The same, compiled for the link types that there were.
    private var filters: [LinkType: CaptureFilter] = [:]
    private var decoder: ObservationDecoder
    private var flows: FlowTable
    /// When the flows were told, by the recording; and whether some of them still are to be, as a batch has bounds.
    private var flowsToldAt: Int64 = 0
    private var isTellingFlows = false
    /// What was read and is not taken in before the flows from before it are told, at their own time.
    private var heldStep: SavefileStep?
    /// What the capture lost and was not told yet.
    private var untoldLosses = LaneCounts()
    /// How many times that was an unknown number.
    private var untoldUncountedLosses = LaneCounts()
    /// The filters with which its frames were captured, as far as it has told by now.
    public private(set) var recordedFilters = RecordedFilters()
    /// The first link type that was not read, while no record was.
    private var unreadLinkType: UInt32?
    /// Where the file was found damaged; told once all that came before was.
    private var failure: IngestError?
    /// The time of the last record; the recording's end once all is read. It may go back (``RecordingClock``).
    public private(set) var time = Timestamp(nanoseconds: 0)
    public private(set) var recordCount: UInt64 = 0

    /// Opens a savefile.
    ///
    /// - Parameters:
    ///   - path: `-` is the standard input.
    ///   - seed: random, so that nobody who sends packets can choose ones that collide in a table.
    ///   - expression: only frames that it admits, in tcpdump's language; all, where it is empty.
    ///   - stop: while it is up, a pipe that has nothing to read counts as ended.
    /// - Throws: where it cannot be read, is no savefile, or holds what nfmon does not read; where the expression means nothing.
    public static func open(
        _ path: String, names: NameTable, seed: (UInt64, UInt64), frames expression: String = "",
        unless stop: Signal? = nil
    ) throws(IngestError) -> SavefileSource {
        if !expression.isEmpty { try CaptureFilter.check(expression) }
        var source = SavefileSource(
            window: try FileWindow(of: path, "read savefile \(path)", unless: stop), names: names, seed: seed,
            expression: expression)
        try source.begin()
        return source
    }

    private init(window: consuming FileWindow, names: NameTable, seed: (UInt64, UInt64), expression: String) {
        self.window = window
        self.expression = expression
        self.names = names
        decoder = ObservationDecoder(names: names)
        flows = FlowTable(seed: seed)
    }

    /// Reads what makes the file a savefile: a pcap file's header, or that of a pcapng section.
    private mutating func begin() throws(IngestError) {
        guard let step = try nextStep() else { return }
        var observations = ObservationBatch()
        try take(step, into: &observations)
        if let unreadLinkType { throw fault(.linkType(unreadLinkType)) }
        try leave(step)
    }

    /// Decodes what comes next: a record of netlink or NFLOG, or a second's frames.
    ///
    /// - Parameter observations: emptied, then filled.
    /// - Returns: `false` at the end.
    /// - Throws: where the file is cut or broken, once what came before was told.
    public mutating func next(into observations: inout ObservationBatch) throws(IngestError) -> Bool {
        observations.removeAll()
        if isTellingFlows {
            isTellingFlows = flows.drain(into: &observations)
            return true
        }
        do throws(IngestError) {
            while failure == nil, let step = try nextStep() {
                if tellFlows(before: step, to: &observations) {
                    heldStep = step
                    return true
                }
                let isTold = try take(step, into: &observations)
                try leave(step)
                if isTold { return true }
            }
        } catch {
            failure = error
        }
        tellLosses(to: &observations)
        tellFlows(to: &observations)
        if !observations.isEmpty { return true }
        if let failure { throw failure }
        if recordCount == 0, let unreadLinkType { throw fault(.linkType(unreadLinkType)) }
        return false
    }

    // MARK: Steps

    /// What the file has next, with all its bytes in the window; `nil` at the end.
    private mutating func nextStep() throws(IngestError) -> SavefileStep? {
        if let step = heldStep {
            heldStep = nil
            return step
        }
        var neededCount = 0
        while true {
            if let step = try peek(&neededCount) { return step }
            guard try window.fill(to: neededCount) else {
                guard reader.hasBegun else { throw fault(window.count == 0 ? .empty : .notASavefile) }
                guard window.count == 0 else { throw fault(.cut) }
                return nil
            }
        }
    }

    private mutating func peek(_ neededCount: inout Int) throws(IngestError) -> SavefileStep? {
        let held = window.bytes  // borrowing from the property itself would keep the reader from changing
        do throws(SavefileFault) {
            return try reader.next(held.reader.slice(from: window.start), neededCount: &neededCount)
        } catch {
            throw fault(error)
        }
    }

    private mutating func leave(_ step: SavefileStep) throws(IngestError) {
        guard try window.skip(step.length) else { throw fault(.cut) }
    }

    private func fault(_ fault: SavefileFault) -> IngestError {
        IngestError(window.operation, fault: fault, afterRecords: recordCount)
    }

    // MARK: Contents

    /// Takes in what a step has.
    ///
    /// - Returns: whether there is something to tell, be it only that time has passed.
    @discardableResult
    private mutating func take(
        _ step: SavefileStep, into observations: inout ObservationBatch
    ) throws(IngestError) -> Bool {
        switch step.content {
        case .nothing: return false
        case .interface(let interface): return try take(interface, into: &observations)
        case .loss(let loss):
            if loss.time > time { advance(to: loss.time, isExact: true) }
            if loss.hasUncounted { untoldUncountedLosses[lane(of: loss.interface)] += 1 }
            note(loss.count, of: loss.interface, in: &observations)
            return !observations.isEmpty
        case .record(let record): return take(record, into: &observations)
        }
    }

    private mutating func take(
        _ interface: SavefileInterface, into observations: inout ObservationBatch
    ) throws(IngestError) -> Bool {
        let linkType = LinkType(rawValue: interface.linkType)
        if linkType == nil, unreadLinkType == nil { unreadLinkType = interface.linkType }
        if linkType?.isOfFrames ?? false { recordedFilters.note(interface.filter) }
        guard let linkType, linkType.isOfFrames, Self.isOne(interface) else {
            // Without a name the first one is probably the only one, of which the file says nothing.
            let number = interface.name.isEmpty ? interface.number : 0
            interfaces.append(
                Interface(linkType: linkType, index: InterfaceIndex(number), filter: try filter(for: linkType)))
            return false
        }
        let name = names.number(of: interface.name)
        // No kernel's index, and the same in all files for the same name; those beyond the names there is room for are told apart all the same.
        let index =
            name == .overflow ? 1 << 29 | InterfaceIndex(interface.number) : 1 << 30 | InterfaceIndex(name.rawValue)
        interfaces.append(Interface(linkType: linkType, index: index, filter: try filter(for: linkType)))
        observations.append(.interface(InterfaceObservation(index: index, name: name, isGone: false)))
        return true
    }

    private mutating func filter(for linkType: LinkType?) throws(IngestError) -> CaptureFilter? {
        guard let linkType, linkType.isOfFrames, !expression.isEmpty else { return nil }
        if let known = filters[linkType] { return known }
        let filter = try CaptureFilter(expression, linkType: linkType)
        filters[linkType] = filter
        return filter
    }

    /// Whether the file's word of an interface is of one that has a name; cooked frames of `any` tell theirs themselves, or not at all.
    private static func isOne(_ interface: SavefileInterface) -> Bool {
        !interface.name.isEmpty && !interface.name.elementsEqual("any".utf8)
    }

    private func lane(of interface: Int) -> Lane {
        switch interfaces[interface].linkType {
        case .netlink: .conntrack
        case .nflog: .nflog
        default: .packet
        }
    }

    private mutating func take(_ record: SavefileRecord, into observations: inout ObservationBatch) -> Bool {
        let interface = interfaces[record.interface]
        advance(to: record.time, isExact: !(interface.linkType?.isOfFrames ?? true))
        note(record.lossCount, of: record.interface, in: &observations)
        guard let linkType = interface.linkType else {
            observations.append(.loss(Loss(lane: .packet, cause: .malformed, count: 1, fault: .linkType)))
            return true
        }
        recordCount += 1
        let isOfFrames = linkType.isOfFrames
        let held = window.bytes  // borrowing from the property itself would keep the decoder from changing
        let start = window.start + record.headerLength
        let bytes = held.reader.slice(from: start, to: start + record.capturedLength)
        guard isOfFrames else {
            decode(bytes, of: linkType, into: &observations)
            return true
        }
        var facts = FrameFacts(
            time: record.time, originalLength: record.originalLength, interface: interface.index,
            direction: record.direction, linkType: linkType)
        facts.isForOtherHost = record.isForOtherHost
        let frame = Frame(bytes, facts)
        if interface.filter?.admits(frame) ?? true { flows.count(frame) }
        return !observations.isEmpty
    }

    /// Tells what the capture lost on an interface; as long as no time is known, with the first one.
    private mutating func note(_ count: UInt64, of interface: Int, in observations: inout ObservationBatch) {
        untoldLosses[lane(of: interface)] += count
        if time.nanoseconds != 0 { tellLosses(to: &observations) }
    }

    private mutating func tellLosses(to observations: inout ObservationBatch) {
        guard untoldLosses != LaneCounts() || untoldUncountedLosses != LaneCounts() else { return }
        for lane in Lane.allCases {
            if untoldLosses[lane] > 0 {
                observations.append(.loss(Loss(lane: lane, cause: .overrun, count: untoldLosses[lane])))
            }
            for _ in 0..<untoldUncountedLosses[lane] {
                observations.append(.loss(Loss(lane: lane, cause: .down, count: nil)))
            }
        }
        untoldLosses = LaneCounts()
        untoldUncountedLosses = LaneCounts()
    }

    /// Moves on to the time of a record. A frame that is a little older than the one before is of another interface, which is no step
    /// of the clock.
    private mutating func advance(to next: Timestamp, isExact: Bool) {
        let (step, isBeyond) = next.nanoseconds.subtractingReportingOverflow(time.nanoseconds)
        guard isExact || isBeyond || step > 0 || step < -Self.flowInterval else { return }
        time = next
    }

    /// Tells the flows if with a record a second is over since they were told, or the clock was set back: before its time is the table's, as
    /// after a pause of the recording the sessions that they are of would seem to have been silent.
    ///
    /// - Returns: whether there was something to tell.
    private mutating func tellFlows(before step: SavefileStep, to observations: inout ObservationBatch) -> Bool {
        guard case .record(let record) = step.content else { return false }
        let (passed, isBeyond) = record.time.nanoseconds.subtractingReportingOverflow(flowsToldAt)
        guard flows.isPressing || isBeyond || passed >= Self.flowInterval || passed < -Self.flowInterval else {
            return false
        }
        tellFlows(to: &observations)
        flowsToldAt = record.time.nanoseconds
        return !observations.isEmpty
    }

    private mutating func tellFlows(to observations: inout ObservationBatch) {
        isTellingFlows = flows.drain(into: &observations)
        flowsToldAt = time.nanoseconds
    }

    private mutating func decode(
        _ record: ByteReader, of linkType: LinkType, into observations: inout ObservationBatch
    ) {
        if linkType == .netlink {
            guard let capture = NetlinkCapture(record) else {
                observations.append(.loss(Loss(lane: .conntrack, cause: .malformed, count: 1)))
                return
            }
            guard let family = capture.family else { return }
            decoder.decode(datagram: capture.messages, of: family, direction: capture.direction, to: &observations)
            return
        }
        do throws(WireFault) {
            guard let capture = NFLogCapture(record) else { throw .familyHeader }
            try decoder.decodePacket(group: capture.group, capture.attributes, to: &observations)
        } catch {
            if error == .notIP { return }
            observations.append(.loss(Loss(lane: .nflog, cause: .malformed, count: 1, fault: error)))
        }
    }
}
