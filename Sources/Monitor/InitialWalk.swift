import FlowModel
import Sessions

/// A reader's way through the sessions that were there before it, while the stream goes on.
///
/// The table is looked at in slices, so that sources never wait for long. Before a slice is told, the reader has told all events that
/// the slice already shows; so whoever reads sees every session begin once, and nothing of it before that: a session that the
/// stream tells of first is left out of the slices, one that ends before its slice is taken is told before its end.
struct InitialWalk: Sendable {
    /// Places of the table that are looked at while the sources wait.
    private static let sliceSize: UInt32 = 512

    private let store: SessionStore
    private let names: NameTable
    let seat: WalkSeats.Seat
    /// When the table was looked at last.
    private(set) var time = Timestamp(nanoseconds: 0)
    private var place: UInt32 = 0
    private var slice: TableSlice?
    /// The names of that moment: whoever takes nothing for long is still told them.
    private var book: NameBook?
    private var position = 0
    /// Sessions whose beginning the reader was told.
    private var known: Set<SessionID> = []

    init(of store: SessionStore, _ names: NameTable, at seat: WalkSeats.Seat) {
        self.store = store
        self.names = names
        self.seat = seat
    }

    /// The number of the first event that the current slice does not show; the events before it are to be told first.
    mutating func sliceSequence() -> UInt64 {
        if let slice { return slice.sequence }
        let slice = store.slice(place..<place + Self.sliceSize)
        time = slice.time
        place += Self.sliceSize
        position = 0
        self.slice = slice
        book = NameBook(names: names.snapshot, interfaces: slice.interfaces)
        return slice.sequence
    }

    /// The next session of the current slice, as the event that tells of it, with the names to write it with.
    ///
    /// - Returns: `nil` at the slice's end.
    mutating func next() -> (event: SessionEvent, names: NameBook)? {
        guard let slice, let book else { return nil }
        while position < slice.sessions.count {
            let session = slice.sessions[position]
            position += 1
            guard known.insert(session.record.id).inserted else { continue }
            return (Self.beginning(of: session, at: slice.time), book)
        }
        return nil
    }

    /// Goes on to the next slice.
    ///
    /// - Returns: whether there is one.
    mutating func advance() -> Bool {
        defer { slice = nil }
        return slice?.isLast != true
    }

    /// Takes note of an event that is about to be told.
    ///
    /// - Returns: what must be told before it: that its session was there.
    mutating func meet(_ event: borrowing SessionEvent) -> SessionEvent? {
        switch event.kind {
        case .loss, .resyncBegan, .resync, .shed: return nil
        case .start, .update, .end, .denied: break
        }
        let session = event.session
        guard known.insert(session.record.id).inserted else { return nil }
        switch event.kind {
        case .start: return nil
        case .denied where session.isAttempt: return nil
        // Of some sessions the end is the first word.
        default: return session.record.facts.contains(.announced) ? Self.beginning(of: session, at: event.time) : nil
        }
    }

    /// Takes note of an event that has been told: the kernel may give an identity out again.
    mutating func leave(_ event: borrowing SessionEvent) {
        if case .end = event.kind { known.remove(event.session.record.id) }
    }

    /// The event that tells of a session that was there.
    private static func beginning(of session: Session, at time: Timestamp) -> SessionEvent {
        var session = session
        session.record.facts.insert(.predatesListener)
        session.record.facts.remove(.ended)
        return SessionEvent(time: time, kind: session.isAttempt ? .denied : .start, session: session)
    }
}

extension Session {
    /// Whether it is what a rule denied, and never began.
    fileprivate var isAttempt: Bool {
        record.facts.contains(.denied) && !record.facts.contains(.conntrack) && nflog?.rule.isNone != false
    }
}
