internal import FlowModel
internal import Query
internal import Sessions

/// What a query takes out of the table in one look, while the sources wait.
struct TableLook<Selection: SessionSelection>: Sendable {
    let selection: Selection
    /// Sessions of which it is not known whether they are meant.
    let unjudgedCount: Int
    var summary: TableSummary
    private let interfaces: InterfaceNames

    /// - Parameters:
    ///   - selection: what the sessions that the filter admits are considered for.
    ///   - time: rates that are too old for it are not known any more.
    ///   - ended: sessions that are meant, too, and that the table no longer has.
    init(
        _ store: SessionStore, into selection: Selection, _ filter: SessionFilter, at time: ReceiveTime,
        beside ended: [Session] = []
    ) {
        self = store.withTable { table in
            var selection = selection
            let (interfaces, now) = (table.interfaceNames, selection.now)
            var unjudgedCount = 0
            func judge(_ session: borrowing Session) {
                if filter.admits(session, interfaces: interfaces, now: now) {
                    selection.consider(session, interfaces: interfaces)
                } else if !filter.excludes(session, interfaces: interfaces, now: now) {
                    unjudgedCount += 1
                }
            }
            for session in ended { judge(session) }
            table.forEach(at: time.monotonic) { judge($0) }
            return TableLook(
                selection: selection, unjudgedCount: unjudgedCount, summary: table.completeness, interfaces: interfaces)
        }
    }

    private init(selection: Selection, unjudgedCount: Int, summary: TableSummary, interfaces: InterfaceNames) {
        self.selection = selection
        self.unjudgedCount = unjudgedCount
        self.summary = summary
        self.interfaces = interfaces
    }

    /// The names to write the sessions with.
    func names(from table: NameTable) -> NameBook { NameBook(names: table.snapshot, interfaces: interfaces) }
}
