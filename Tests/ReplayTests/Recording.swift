import FlowModel
import Wire

@testable import Ingest

/// A recording of a real kernel as a ``Tape``, with what really happened as it tells itself.
struct Recording {
    private(set) var tape = Tape()
    private var decoder = ObservationDecoder(names: NameTable())
    /// The last life of each name: a place in the tape's lives.
    private var last: [Life.Name: Int] = [:]
    /// The names that the running dump has shown.
    private var shown: Set<Life.Name> = []

    init(_ name: String) throws {
        let (linkType, records) = try Fixtures.records(in: name)
        guard linkType == LinkType.netlink.rawValue else { return }
        var before = records.first?.time ?? Monitor.epoch
        tape.epoch = before
        for record in records {
            guard let capture = NetlinkCapture(record.bytes.reader), let family = capture.family else { continue }
            let datagram = Array(record.bytes.dropFirst(NetlinkCapture.headerSize))
            var frame = capture.direction == .toKernel ? Frame(kind: .request) : frame(of: datagram, family)
            frame.pause = UInt64(max(0, record.time.nanoseconds(since: before)))
            frame.family = family
            before = record.time
            tape.frames.append(frame)
        }
    }

    private mutating func frame(of datagram: [UInt8], _ family: NetlinkCapture.Family) -> Frame {
        var frame = Frame(kind: .other)
        var rest = datagram[...]
        while let length = NetlinkMessages.firstLength(of: rest) {
            let bytes = Array(rest.prefix((length + 3) & ~3))
            rest = rest.dropFirst(bytes.count)
            var observations = ObservationBatch()
            decoder.decode(datagram: bytes.reader, of: family, to: &observations)
            switch observations.first {
            case .conntrack(let observation)?:
                frame.kind = observation.kind == .dumpRow ? .rows : .event
                frame.messages.append(note(observation, bytes))
            case .dumpEnded(let end)?:
                frame.kind = .done
                frame.messages.append(KernelMessage(bytes: bytes))
                if end.isComplete { endDump() }
            case .packet(let packet)?:
                tape.hasNFLog = true
                frame.kind = .packets
                var message = KernelMessage(bytes: bytes)
                message.group = packet.group
                frame.messages.append(message)
            default: frame.messages.append(KernelMessage(bytes: bytes))
            }
        }
        return frame
    }

    /// Learns from a message what became of its entry.
    private mutating func note(_ observation: ConntrackObservation, _ bytes: [UInt8]) -> KernelMessage {
        let entry = observation.entry
        let name = Life.Name(id: entry.id ?? 0, original: entry.original)
        var place = last[name]
        // A dump may still show what has ended; only NEW begins another life.
        if place == nil || (observation.kind == .new && tape.lives[place ?? 0].isGone) {
            tape.lives.append(Life(entry))
            place = tape.lives.count - 1
            last[name] = place
        }
        guard let place else { return KernelMessage(bytes: bytes) }
        if !tape.lives[place].isGone { tape.lives[place].takeIn(entry, isEnd: observation.kind == .destroy) }
        if observation.kind == .dumpRow { shown.insert(name) }
        return KernelMessage(bytes: bytes, kind: observation.kind, name: name, life: place)
    }

    /// Whatever a dump did not show is gone: the recordings' dumps miss nothing.
    private mutating func endDump() {
        for (name, place) in last where !shown.contains(name) && !tape.lives[place].isGone {
            tape.lives[place].isGone = true
            tape.lives[place].sendsEvents = false
        }
        shown = []
    }
}

extension Life {
    /// Takes over what a message says; what it does not carry stays.
    fileprivate mutating func takeIn(_ news: ConntrackEntry, isEnd: Bool) {
        isGone = isEnd
        entry.reply = news.reply
        if let status = news.status { entry.status = status }
        if let mark = news.mark { entry.mark = mark }
        if let state = news.tcpState { entry.tcpState = state }
        if let start = news.start { entry.start = start }
        if let counters = news.originalCounters { entry.originalCounters = counters }
        if let counters = news.replyCounters { entry.replyCounters = counters }
    }
}

extension NetlinkMessages {
    /// The length that the first message's header tells, `nil` where nothing is left.
    fileprivate static func firstLength(of bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= NetlinkMessage.headerSize else { return nil }
        return bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
