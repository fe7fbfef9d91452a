/// What one ctnetlink message says of a conntrack entry; whatever the message did not carry is `nil`.
///
/// NEW and UPDATE carry neither counters nor the start; an offloaded entry has no timeout and no TCP state
/// (nf_conntrack_netlink.c).
///
/// The values lie close together, and one word says which of them are there: an entry is copied for every event, and as
/// stored optionals they would make it half as large again.
public struct ConntrackEntry: Sendable {
    /// `CTA_TUPLE_ORIG`: whom the session's first packet named, before translation.
    public var original: FlowKey
    /// `CTA_TUPLE_REPLY`: what answers look like before they are translated back.
    public var reply: FlowKey
    @usableFromInline var values = Values()
    @usableFromInline var present = Fields()

    @inlinable
    @inline(__always)
    public init(original: FlowKey = .empty, reply: FlowKey = .empty) {
        self.original = original
        self.reply = reply
    }

    /// The optional fields; one that is not ``present`` means nothing.
    @usableFromInline
    struct Values: Sendable {
        @usableFromInline var originalCounters = Counters()
        @usableFromInline var replyCounters = Counters()
        @usableFromInline var start = Timestamp(nanoseconds: 0)
        @usableFromInline var stop = Timestamp(nanoseconds: 0)
        @usableFromInline var eventTime = Timestamp(nanoseconds: 0)
        @usableFromInline var id = 0 as UInt32
        @usableFromInline var status = ConntrackStatus()
        @usableFromInline var timeout = 0 as UInt32
        @usableFromInline var mark = 0 as UInt32
        @usableFromInline var tcpState = TCPState.none

        @usableFromInline
        @inline(__always)
        init() {}
    }

    @usableFromInline
    struct Fields: OptionSet, Sendable {
        @usableFromInline var rawValue: UInt16

        @usableFromInline
        @inline(__always)
        init(rawValue: UInt16) { self.rawValue = rawValue }

        @usableFromInline static var id: Fields { Fields(rawValue: 1 << 0) }
        @usableFromInline static var status: Fields { Fields(rawValue: 1 << 1) }
        @usableFromInline static var timeout: Fields { Fields(rawValue: 1 << 2) }
        @usableFromInline static var mark: Fields { Fields(rawValue: 1 << 3) }
        @usableFromInline static var tcpState: Fields { Fields(rawValue: 1 << 4) }
        @usableFromInline static var originalCounters: Fields { Fields(rawValue: 1 << 5) }
        @usableFromInline static var replyCounters: Fields { Fields(rawValue: 1 << 6) }
        @usableFromInline static var start: Fields { Fields(rawValue: 1 << 7) }
        @usableFromInline static var stop: Fields { Fields(rawValue: 1 << 8) }
        @usableFromInline static var eventTime: Fields { Fields(rawValue: 1 << 9) }

        /// Puts the value where it belongs, or takes the field out.
        @inlinable
        @inline(__always)
        mutating func note<Value>(_ field: Fields, _ value: Value?, in place: inout Value) {
            if let value {
                place = value
                insert(field)
            } else {
                remove(field)
            }
        }
    }
}

extension ConntrackEntry {
    /// `CTA_ID`: the same for the entry's life, and almost unique.
    @inlinable public var id: UInt32? {
        get { present.contains(.id) ? values.id : nil }
        set { present.note(.id, newValue, in: &values.id) }
    }

    /// `CTA_STATUS`: what conntrack has done and seen of the session so far.
    @inlinable public var status: ConntrackStatus? {
        get { present.contains(.status) ? values.status : nil }
        set { present.note(.status, newValue, in: &values.status) }
    }

    /// Seconds until the entry expires.
    @inlinable public var timeout: UInt32? {
        get { present.contains(.timeout) ? values.timeout : nil }
        set { present.note(.timeout, newValue, in: &values.timeout) }
    }

    /// `CTA_MARK`: what a rule wrote with CONNMARK or `ct mark set`.
    @inlinable public var mark: UInt32? {
        get { present.contains(.mark) ? values.mark : nil }
        set { present.note(.mark, newValue, in: &values.mark) }
    }

    /// `CTA_PROTOINFO_TCP_STATE`; only of TCP.
    @inlinable public var tcpState: TCPState? {
        get { present.contains(.tcpState) ? values.tcpState : nil }
        set { present.note(.tcpState, newValue, in: &values.tcpState) }
    }

    /// `CTA_COUNTERS_ORIG`: totals since the entry's beginning, or since somebody zeroed them; with `nf_conntrack_acct` only.
    @inlinable public var originalCounters: Counters? {
        get { present.contains(.originalCounters) ? values.originalCounters : nil }
        set { present.note(.originalCounters, newValue, in: &values.originalCounters) }
    }

    /// `CTA_COUNTERS_REPLY`: the same of the answers.
    @inlinable public var replyCounters: Counters? {
        get { present.contains(.replyCounters) ? values.replyCounters : nil }
        set { present.note(.replyCounters, newValue, in: &values.replyCounters) }
    }

    /// When the entry was created; only with `nf_conntrack_timestamp`, as the others of these times.
    @inlinable public var start: Timestamp? {
        get { present.contains(.start) ? values.start : nil }
        set { present.note(.start, newValue, in: &values.start) }
    }

    /// When the entry ended.
    @inlinable public var stop: Timestamp? {
        get { present.contains(.stop) ? values.stop : nil }
        set { present.note(.stop, newValue, in: &values.stop) }
    }

    /// When the event happened (Linux 6.14 and later).
    @inlinable public var eventTime: Timestamp? {
        get { present.contains(.eventTime) ? values.eventTime : nil }
        set { present.note(.eventTime, newValue, in: &values.eventTime) }
    }

    /// The session's identity as the kernel tells it.
    @inlinable public var identity: SessionID { SessionID(conntrackID: id ?? 0, original: original) }

    /// When a destroyed entry ended: the kernel's own stamp if it gave one, else when the event happened.
    @inlinable public var endTime: Timestamp? { stop ?? eventTime }
}
