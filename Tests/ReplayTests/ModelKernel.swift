import FlowModel

/// A conntrack table that does what a script says, and sends what the kernel's would.
struct ModelKernel {
    private(set) var lives: [Life] = []
    /// The living by their flow: places in ``lives``.
    private var living: [Int: Int] = [:]
    /// The id of each flow's last entry.
    private var lastIDs: [Int: UInt32] = [:]
    /// Entries that have ended and not yet left the hash table, by their flow: places in ``lives``.
    private var lingering: [Int: Int] = [:]
    /// The flows as the hash table has them.
    private let order: [Int]
    /// How far the running dump has come in ``order``; `nil` where none runs.
    private var cursor: Int?
    /// Nanoseconds since the beginning.
    private var elapsed: UInt64 = 0
    /// Whether `nf_conntrack_timestamp` is on.
    private let isStamping: Bool

    /// - Parameter seed: the table's order, and what the host has switched on.
    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        order = (0..<ModelFlow.count).shuffled(using: &generator)
        isStamping = seed % 3 != 0
    }

    /// Everything that a script leads to.
    static func tape(of steps: [KernelStep], seed: UInt64) -> Tape {
        var kernel = ModelKernel(seed: seed)
        let frames = steps.map { kernel.perform($0) }
        return Tape(frames: frames, lives: kernel.lives, hasNFLog: seed % 2 == 0)
    }

    private mutating func perform(_ step: KernelStep) -> Frame {
        switch step {
        case .open(let flow): return open(flow)
        case .openAgain(let flow): return open(flow, id: lastIDs[flow])
        case .openUnheard(let flow): return open(flow, isHeard: false)
        case .mark(let flow, let mark): return change(flow) { $0.mark = mark }
        case .answer(let flow):
            return change(flow) { entry in
                entry.status?.formUnion([.seenReply, .assured])
                if entry.original.transport == .tcp { entry.tcpState = TCPState(rawValue: 3) }
            }
        case .carry(let flow, let bytes):
            count(flow, bytes)
            return Frame()
        case .zero(let flow):
            zero(flow)
            return Frame()
        case .close(let flow): return close(flow, lingers: false)
        case .closeLingering(let flow): return close(flow, lingers: true)
        case .dump:
            guard cursor == nil else { return Frame() }
            cursor = 0
            return Frame(kind: .request)
        case .rows(let count):
            let rows = nextRows(count)
            return rows.isEmpty ? Frame() : Frame(kind: .rows, messages: rows)
        case .done:
            guard cursor != nil else { return Frame() }
            let rows = nextRows(.max)
            cursor = nil
            return Frame(kind: .done, messages: rows + [.done])
        case .read: return Frame(isRead: true)
        case .pause(let milliseconds): return pass(milliseconds, isAwake: true)
        case .stall(let milliseconds): return pass(milliseconds, isAwake: false)
        }
    }

    private var now: Timestamp { Timestamp(nanoseconds: Monitor.epoch.nanoseconds + Int64(elapsed)) }

    private mutating func pass(_ milliseconds: UInt64, isAwake: Bool) -> Frame {
        elapsed += milliseconds * 1_000_000
        lingering = [:]
        return Frame(pause: milliseconds * 1_000_000, isAwake: isAwake, isRead: isAwake)
    }

    private mutating func open(_ flow: Int, id: UInt32? = nil, isHeard: Bool = true) -> Frame {
        for taken in [flow, ModelFlow.rival(of: flow)].compactMap({ $0 }) {
            if living[taken] != nil { return close(taken, lingers: false) }
            lingering[taken] = nil
        }
        let model = ModelFlow(flow)
        var entry = ConntrackEntry(original: model.original, reply: model.reply)
        entry.id = id ?? UInt32(truncatingIfNeeded: (lives.count + 1) &* 2_654_435_761)
        entry.status = [.confirmed]
        if model.original.transport == .tcp { entry.tcpState = TCPState(rawValue: 1) }
        if model.isCounted {
            entry.originalCounters = Counters(packetCount: 1, byteCount: 60)
            entry.replyCounters = Counters()
        }
        if isStamping { entry.start = now }
        var life = Life(entry)
        life.sendsEvents = isHeard
        lives.append(life)
        living[flow] = lives.count - 1
        lastIDs[flow] = entry.id
        return tell(.new, lives.count - 1)
    }

    private mutating func change(_ flow: Int, _ change: (inout ConntrackEntry) -> Void) -> Frame {
        guard let place = living[flow] else { return Frame() }
        change(&lives[place].entry)
        // A mark of 0 is in the update that makes it so, and in no later event (ctnetlink_dump_mark).
        defer { if lives[place].entry.mark == 0 { lives[place].entry.mark = nil } }
        return tell(.update, place)
    }

    private mutating func count(_ flow: Int, _ bytes: UInt64) {
        guard let place = living[flow] else { return }
        lives[place].entry.originalCounters?.packetCount += 1
        lives[place].entry.originalCounters?.byteCount += bytes
        lives[place].entry.replyCounters?.packetCount += 2
        lives[place].entry.replyCounters?.byteCount += 3 * bytes
    }

    private mutating func zero(_ flow: Int) {
        guard let place = living[flow], lives[place].counters != nil else { return }
        lives[place].zero()
    }

    private mutating func close(_ flow: Int, lingers: Bool) -> Frame {
        guard let place = living.removeValue(forKey: flow) else { return Frame() }
        lives[place].isGone = true
        if isStamping { lives[place].entry.stop = now }
        if lingers { lingering[flow] = place }
        return tell(.destroy, place)
    }

    private func tell(_ kind: ConntrackObservation.Kind, _ place: Int) -> Frame {
        guard lives[place].sendsEvents else { return Frame() }
        var entry = lives[place].entry
        if isStamping { entry.eventTime = now }
        return Frame(kind: .event, messages: [KernelMessage(kind, entry, life: place)])
    }

    private mutating func nextRows(_ limit: Int) -> [KernelMessage] {
        guard var position = cursor else { return [] }
        var rows: [KernelMessage] = []
        while position < order.count, rows.count < limit {
            let flow = order[position]
            if let place = living[flow] ?? lingering[flow] {
                rows.append(KernelMessage(.dumpRow, lives[place].entry, life: place))
            }
            position += 1
        }
        cursor = position
        lingering = [:]
        return rows
    }
}
