import FlowModel
import Query
import Sessions
import Wire

@testable import Ingest

/// A tape played to a decoder and a session table with faults on the way: the test is the kernel, the sockets and the clock.
///
/// What `ConntrackReader` does between its sockets and the table is done here in the same order: drops are told after the
/// backlog, an error before it, a dump's rows before the events that wait, and a dump's end after them.
final class Replay {
    /// Nanoseconds without progress after which nfmon gives a dump up.
    private static let dumpPatience: UInt64 = 10_000_000_000
    /// nfmon reads its socket that often at least, in nanoseconds. An end that another listener's reliable delivery repeats
    /// is known for one while its tombstone stands, two seconds after it was read.
    private static let longestStall: UInt64 = 900_000_000

    let monitor: Monitor
    let lives: [Life]
    /// What the replay kept from nfmon, to be compared with what nfmon says.
    private(set) var injected = InjectedLoss()
    /// The names of which nfmon was given an intact NEW, and an intact DESTROY.
    private(set) var begun: Set<Life.Name> = []
    private(set) var ended: Set<Life.Name> = []
    /// Those whose counters became smaller from one intact message to a later one.
    private(set) var shrunk: Set<Life.Name> = []
    /// What nfmon failed to do in time, a sentence each.
    private(set) var failures: [String] = []
    /// The counters that nfmon was given last.
    private var learned: [Life.Name: DirectionalCounters] = [:]
    private var decoder: ObservationDecoder
    private var socket = EventSocket()
    private var repeats: [(due: UInt64, message: KernelMessage)] = []
    private var isDumping = false
    /// Whether events were lost since the running dump began.
    private var dumpIsDirty = false
    private var malformedBeforeDump: UInt64 = 0
    /// Rows of the running dump that nfmon comes to read late.
    private var lateRows: [KernelMessage] = []
    /// The entries that a dump has missed, and none has shown since.
    private var skipped: Set<Life.Name> = []
    private var lastRead: UInt64 = 0
    /// Packets of each NFLOG group that were dropped since the last one that arrived: the next one tells of them.
    private var missedPackets: [UInt16: UInt64] = [:]

    /// Plays a tape to its end, and then lets clean dumps make good what went wrong.
    ///
    /// - Parameter filter: what nfmon is asked for; the kernel leaves out what it can.
    init(_ tape: Tape, faults: [Fault] = [], filter: SessionFilter = .everything) {
        let source = filter.sourceFilter(joinsPackets: tape.hasNFLog)
        decoder = ObservationDecoder(names: NameTable(), admitting: source)
        monitor = Monitor(epoch: tape.epoch) { configuration in
            configuration.hasNFLog = tape.hasNFLog
            configuration.sourceFilter = source
            if !filter.isOpen { configuration.isWanted = { filter.admits($0, interfaces: $1, now: $2) } }
        }
        lives = tape.lives
        let faults = Dictionary(grouping: faults, by: \.step).mapValues { $0.map(\.kind) }
        for (step, frame) in tape.frames.enumerated() { play(frame, faults[step] ?? []) }
        settle()
    }

    /// Faults stop, and what the kernel has is dumped until nfmon has seen it twice and is content.
    private func settle() {
        if isDumping { giveUpDump() }
        pass(1_000_000_000)
        let rows = lives.enumerated().filter { !$1.isGone }.map { KernelMessage(.dumpRow, $1.entry, life: $0) }
        let goal = monitor.summary.completeDumpCount + 2
        for _ in 0..<4 where monitor.summary.completeDumpCount < goal || monitor.wantedDump != nil {
            pass(3_000_000_000)
            beginDump()
            readRows(rows, [])
            readEnd([.done], [])
        }
        pass(1_000_000_000)
        monitor.finish()
    }

    private func play(_ frame: Frame, _ faults: [Fault.Kind]) {
        if frame.pause > 0 { pass(frame.pause, isAwake: frame.isAwake) }
        switch frame.kind {
        case .silence: break
        case .event: for message in frame.messages { receive(message, faults) }
        case .request: beginDump()
        case .rows: if isDumping { readRows(frame.messages, faults) }
        case .done: if isDumping { readEnd(frame.messages, faults) }
        case .packets: receive(packets: frame.messages, faults)
        case .other: monitor.take(decoded([frame.messages.flatMap(\.bytes)], frame.family))
        }
        if frame.isRead { read() }
    }

    // MARK: Time

    private func pass(_ nanoseconds: UInt64, isAwake: Bool = true) {
        let end = monitor.elapsed + nanoseconds
        while monitor.elapsed < end {
            // Not a second at once: what is repeated comes when it is due.
            monitor.wait(nanoseconds: min(100_000_000, end - monitor.elapsed))
            let due = repeats.filter { $0.due <= monitor.elapsed }
            repeats.removeAll { $0.due <= monitor.elapsed }
            for (_, message) in due { socket.append(message) }
            if isAwake || monitor.elapsed - lastRead >= Self.longestStall { read() }
        }
    }

    // MARK: Events

    private func receive(_ message: KernelMessage, _ faults: [Fault.Kind]) {
        // An entry's memory is given out again only when its end has been told to everybody.
        if message.kind == .new { repeats.removeAll { $0.message.name == message.name } }
        for case .again(let milliseconds) in faults where message.kind == .destroy {
            repeats.append((monitor.elapsed + milliseconds * 1_000_000, message))
        }
        if faults.contains(.drop) {
            socket.drop()
            injected.droppedCount += 1
            return
        }
        if faults.contains(.dropUncounted) {
            if socket.dropUncounted() { injected.errorCount += 1 }
            return
        }
        let arrived = Self.damage([message], faults).first ?? message
        socket.append(arrived, overtaking: faults.contains(.overtake))
        if faults.contains(.duplicate) { socket.append(arrived) }
    }

    /// A datagram of NFLOG, from a socket of its own.
    private func receive(packets: [KernelMessage], _ faults: [Fault.Kind]) {
        for group in packets.compactMap(\.group) {
            if faults.contains(.drop) {
                missedPackets[group, default: 0] += 1
            } else {
                injected.packetCount += missedPackets.removeValue(forKey: group) ?? 0
            }
        }
        if !faults.contains(.drop) { monitor.take(decoded([packets.flatMap(\.bytes)])) }
    }

    private func read() {
        lastRead = monitor.elapsed
        if socket.takeError() { tellLoss(nil) }
        let messages = socket.takeAll()
        for message in messages {
            guard message.isIntact, let name = message.name else {
                injected.malformedCount += 1
                continue
            }
            learn(message)
            if message.kind == .new { begun.insert(name) }
            if message.kind == .destroy { ended.insert(name) }
        }
        if !messages.isEmpty { monitor.take(decoded(messages.map(\.bytes))) }
        let drops = socket.takeDrops()
        if drops > 0 { tellLoss(drops) }
    }

    /// What was lost is made good: nfmon wants a dump at once, or when the one that runs has ended.
    private func tellLoss(_ count: UInt64?) {
        monitor.lose(count)
        if isDumping { dumpIsDirty = true } else { expectDemand() }
    }

    private func expectDemand() {
        if monitor.wantedDump != .overrun { failures.append("nothing makes good what was lost") }
    }

    /// Notes what an intact message tells of an entry's traffic.
    private func learn(_ message: KernelMessage) {
        guard let name = message.name, let counters = message.counters, !ended.contains(name) else { return }
        if let before = learned[name], !before.isWithin(counters) { shrunk.insert(name) }
        learned[name] = counters
    }

    /// What is decoded of datagrams that are read together.
    private func decoded(_ datagrams: [[UInt8]], _ family: NetlinkCapture.Family = .netfilter) -> ObservationBatch {
        var observations = ObservationBatch()
        for datagram in datagrams { decoder.decode(datagram: datagram.reader, of: family, to: &observations) }
        return observations
    }

    /// A datagram as it arrives.
    private static func damage(_ messages: [KernelMessage], _ faults: [Fault.Kind]) -> [KernelMessage] {
        for case .cut(let percent) in faults where !messages.isEmpty {
            let place = messages.count * percent / 100
            return messages[..<place] + [messages[place].cut(percent: percent)]
        }
        guard faults.contains(.mislength), let place = messages.firstIndex(where: { $0.kind != nil }) else {
            return messages
        }
        var messages = messages
        messages[place] = messages[place].mislengthened
        return messages
    }

    // MARK: Dumps

    private func beginDump() {
        guard !isDumping else { return }
        isDumping = true
        dumpIsDirty = false
        malformedBeforeDump = injected.malformedCount
        lateRows = []
        monitor.take(
            .dumpBegan(DumpStart(cause: monitor.wantedDump ?? (monitor.summary.dumpCount == 0 ? .initial : .periodic))))
    }

    private func readRows(_ messages: [KernelMessage], _ faults: [Fault.Kind]) {
        takeLateRows()
        let rows = Self.damage(made(messages, faults), faults)
        if faults.contains(.late) { lateRows = rows } else { _ = take(rows) }
        if faults.contains(.refuse) { end(with: [.busy]) }
    }

    private func readEnd(_ messages: [KernelMessage], _ faults: [Fault.Kind]) {
        takeLateRows()
        let rows = made(messages, faults)
        end(with: faults.contains(.refuse) ? rows.dropLast() + [.busy] : Self.damage(rows, faults))
    }

    /// The rows that the kernel makes.
    private func made(_ messages: [KernelMessage], _ faults: [Fault.Kind]) -> [KernelMessage] {
        var rows = messages
        if faults.contains(.skip),
            let place = rows.firstIndex(where: { row in row.name.map { !skipped.contains($0) } ?? false })
        {
            rows.remove(at: place).name.map { _ = skipped.insert($0) }
        }
        if faults.contains(.interrupt), rows.first?.kind == .dumpRow { rows[0] = rows[0].interrupted }
        return rows
    }

    private func takeLateRows() {
        _ = take(lateRows)
        lateRows = []
    }

    /// Hands the rows on that a datagram of the dump has.
    ///
    /// - Returns: the dump's end, if it is in the datagram.
    private func take(_ messages: [KernelMessage]) -> DumpEnd? {
        for message in messages {
            if message.isIntact { learn(message) } else { injected.malformedCount += 1 }
        }
        skipped.subtract(messages.filter(\.isIntact).compactMap(\.name))
        var batch = decoded([messages.flatMap(\.bytes)])
        let end = batch.popDumpEnd()
        if !batch.isEmpty { monitor.take(batch) }
        return end
    }

    /// Takes the dump's last datagram, and its end only after the events that are there.
    private func end(with messages: [KernelMessage]) {
        guard let end = take(messages) else { return giveUpDump() }
        finishDump(end)
    }

    private func finishDump(_ end: DumpEnd) {
        read()
        isDumping = false
        monitor.take(.dumpEnded(end))
        let isComplete = end.isComplete && !dumpIsDirty && injected.malformedCount == malformedBeforeDump
        if monitor.summary.lastDumpWasComplete != isComplete { failures.append("complete is not what the dump was") }
        if dumpIsDirty || !end.isComplete { expectDemand() }
    }

    /// The dump's end never came.
    private func giveUpDump() {
        pass(Self.dumpPatience)
        finishDump(DumpEnd(isComplete: false))
    }
}

/// What was kept from nfmon, by the way in which nfmon can know.
struct InjectedLoss {
    /// Events that the kernel dropped and counted.
    var droppedCount: UInt64 = 0
    /// Errors on the socket that tell of an unknown number of dropped events.
    var errorCount: UInt64 = 0
    /// Messages that arrived damaged.
    var malformedCount: UInt64 = 0
    /// Logged packets that are missing before one that arrived.
    var packetCount: UInt64 = 0

    var isNone: Bool { droppedCount + errorCount + malformedCount + packetCount == 0 }
}
