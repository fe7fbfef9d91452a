import FlowModel
import Query
import Sessions

/// What a query takes out of the table in one look, while the sources wait.
struct TableLook: Sendable {
    let selection: TopSelection
    var summary: TableSummary
    private let interfaces: InterfaceNames

    /// - Parameter selection: what all sessions of the table are considered for.
    init(_ store: SessionStore, into selection: TopSelection) {
        self = store.withTable { table in
            var selection = selection
            table.forEach { selection.consider($0) }
            return TableLook(selection: selection, summary: table.completeness, interfaces: table.interfaceNames)
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
