import FlowModel
import Query
import Sessions

/// What a query takes out of the table in one look, while the sources wait.
struct TableLook: Sendable {
    let selection: TopSelection
    var summary: TableSummary
    private let interfaces: InterfaceNames

    /// - Parameter selection: what the sessions of the table that the filter admits are considered for.
    init(_ store: SessionStore, into selection: TopSelection, _ filter: SessionFilter) {
        self = store.withTable { table in
            var selection = selection
            let (interfaces, now) = (table.interfaceNames, selection.now)
            table.forEach { session in
                if filter.admits(session, interfaces: interfaces, now: now) { selection.consider(session) }
            }
            return TableLook(selection: selection, summary: table.completeness, interfaces: interfaces)
        }
    }

    private init(selection: TopSelection, summary: TableSummary, interfaces: InterfaceNames) {
        self.selection = selection
        self.summary = summary
        self.interfaces = interfaces
    }

    /// The names to write the sessions with.
    func names(from table: NameTable) -> NameBook { NameBook(names: table.snapshot, interfaces: interfaces) }
}
