internal import FlowModel
internal import Query
internal import Sessions

/// What a query takes out of the table: each session is looked at once, a part of the table at a time.
///
/// Sources wait for a part only, so that a question to a million sessions costs no events. What begins or ends meanwhile may be
/// in the answer or not, as if it had come a moment later.
struct TableLook<Selection: SessionSelection>: Sendable {
    private(set) var selection: Selection
    /// Sessions of which it is not known whether they are meant.
    private(set) var unjudgedCount = 0
    /// How complete the table was at the look's end.
    private(set) var summary = TableSummary()
    private var interfaces = InterfaceNames()

    /// - Parameters:
    ///   - selection: what the sessions that the filter admits are considered for.
    ///   - time: rates that are too old for it are not known any more.
    ///   - ended: sessions that are meant, too, and that the table no longer has.
    init(
        _ store: SessionStore, into selection: Selection, _ filter: SessionFilter, at time: ReceiveTime,
        beside ended: [Session] = []
    ) {
        self.selection = selection
        var position: UInt32? = 0
        while let start = position {
            position = store.withTable { table in
                interfaces = table.interfaceNames
                summary = table.completeness
                if start == 0 {
                    for session in ended { judge(session, by: filter) }
                }
                return table.forEach(at: time.monotonic, from: start) { judge($0, by: filter) }
            }
        }
    }

    private mutating func judge(_ session: borrowing Session, by filter: SessionFilter) {
        if filter.admits(session, interfaces: interfaces, now: selection.now) {
            selection.consider(session, interfaces: interfaces)
        } else if !filter.excludes(session, interfaces: interfaces, now: selection.now) {
            unjudgedCount += 1
        }
    }

    /// The names to write the sessions with.
    func names(from table: NameTable) -> NameBook { NameBook(names: table.snapshot, interfaces: interfaces) }
}
