import FlowModel

/// A netlink message as the kernel sends it, and what it is about.
struct KernelMessage {
    private(set) var bytes: [UInt8]
    /// `nil` where it is not about an entry.
    var kind: ConntrackObservation.Kind?
    var name: Life.Name?
    /// Which of the ``Life/Name``'s lives it tells of, where there are several.
    var life = 0
    /// What it says of the entry's traffic.
    private(set) var counters: DirectionalCounters?
    /// The NFLOG group of a packet.
    var group: UInt16?
    /// Whether it arrives as it was sent.
    private(set) var isIntact = true
}

extension KernelMessage {
    /// A message as it was recorded.
    init(bytes: [UInt8], kind: ConntrackObservation.Kind? = nil, name: Life.Name? = nil, life: Int = 0) {
        self.bytes = bytes
        self.kind = kind
        self.name = name
        self.life = life
    }

    /// A message about an entry, with what ctnetlink puts into one of its kind (nf_conntrack_netlink.c).
    init(_ kind: ConntrackObservation.Kind, _ entry: ConntrackEntry, life: Int = 0) {
        var attributes: [UInt8] = []
        attributes.addTuple(1, entry.original)
        attributes.addTuple(2, entry.reply)
        if entry.original.zone != 0 { attributes.addAttribute(18, number: entry.original.zone) }
        if let id = entry.id { attributes.addAttribute(12, number: id) }
        let dying: ConntrackStatus = kind == .destroy ? [.dying] : []
        if let status = entry.status?.union(dying) { attributes.addAttribute(3, number: status.rawValue) }
        // Rows have a mark of 0, too.
        if let mark = entry.mark ?? (kind == .dumpRow ? 0 : nil) { attributes.addAttribute(8, number: mark) }
        if let state = entry.tcpState { attributes.addTCP(state: state.rawValue) }
        if kind == .dumpRow || kind == .destroy { attributes.addAccounting(of: entry) }
        if kind != .dumpRow, let time = entry.eventTime {
            attributes.addAttribute(27, number: UInt64(time.nanoseconds))
        }
        let body: [UInt8] = [entry.original.family == .ipv4 ? 2 : 10, 0, 0, 0] + attributes
        let (type, flags): (UInt16, UInt16) =
            switch kind {
            case .new: (0x100, 0x600)
            case .update: (0x100, 0)
            case .destroy: (0x102, 0)
            case .dumpRow: (0x100, 2)
            }
        bytes = .netlinkMessage(type: type, flags: flags, sequence: kind == .dumpRow ? 1 : 0, body: body)
        if kind == .dumpRow || kind == .destroy { counters = Life(entry).counters }
        self.kind = kind
        name = Life.Name(id: entry.id ?? 0, original: entry.original)
        self.life = life
    }

    /// NLMSG_DONE.
    static let done = KernelMessage(
        bytes: .netlinkMessage(type: 3, flags: 2, sequence: 1, body: [UInt8](native: 0 as Int32)))

    /// NLMSG_ERROR with EBUSY, the answer to a dump while another one runs on the socket.
    static let busy = KernelMessage(
        bytes: .netlinkMessage(
            type: 2, sequence: 1, body: [UInt8](native: -16 as Int32) + .netlinkMessage(type: 0x101, body: [])))

    /// The message with its end cut off; something of it is left.
    func cut(percent: Int) -> KernelMessage {
        var message = self
        // The length that the header tells, without padding: a cut in that would be none.
        let length = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        message.bytes = Array(bytes.prefix(1 + (length - 2) * percent / 100))
        message.isIntact = false
        return message
    }

    /// The message with a first attribute that claims to go on beyond it.
    var mislengthened: KernelMessage {
        var message = self
        message.bytes.overwrite(at: 20, with: [0xff, 0xff])
        message.isIntact = false
        return message
    }

    /// The message with the flag that the dump was interrupted (`NLM_F_DUMP_INTR`).
    var interrupted: KernelMessage {
        var message = self
        message.bytes[6] |= 0x10
        return message
    }

    /// Whether this one may be sent before one that happened before it. An end neither overtakes nor is overtaken by what
    /// concerns its own tuple, and of one tuple no life begins before the last one ended: the kernel sends the end first.
    func mayOvertake(_ earlier: KernelMessage) -> Bool {
        guard let name, let other = earlier.name else { return false }
        let concernsTheSame = name.original == other.original || name.original == other.original.inverse
        guard concernsTheSame else { return name.id != other.id }
        return name == other && life == earlier.life && kind != .destroy && earlier.kind != .destroy
    }
}

extension [UInt8] {
    fileprivate mutating func addAccounting(of entry: ConntrackEntry) {
        if let counters = entry.originalCounters {
            addCounters(9, packets: counters.packetCount, bytes: counters.byteCount)
        }
        if let counters = entry.replyCounters {
            addCounters(10, packets: counters.packetCount, bytes: counters.byteCount)
        }
        guard let start = entry.start else { return }
        addNest(20) { stamps in
            stamps.addAttribute(1, number: UInt64(start.nanoseconds))
            if let stop = entry.stop { stamps.addAttribute(2, number: UInt64(stop.nanoseconds)) }
        }
    }
}
