import FlowModel

/// What a filter is about: the columns that it may ask for, and the tests that come of it.
protocol FilterVocabulary {
    associatedtype Test: NegatableTest

    /// What an error calls the text.
    var title: String { get }
    /// The columns' names, for people who look for one.
    var columnNames: String { get }

    /// The column of a name in lower case.
    func column(named name: String) -> FilterColumn?
    /// Whether what the filter is about has the column.
    func has(_ column: FilterColumn) -> Bool
    /// What comparing the column with a value means; `nil` where the value is none of the column.
    func tree(_ column: FilterColumn, _ comparison: FilterComparison, _ value: FilterToken) -> BooleanTree<Test>?
    /// What asking a session means here; `nil` where it cannot be asked.
    func tree(_ test: SessionTest) -> BooleanTree<Test>?
}

/// Filters of sessions.
struct SessionVocabulary: FilterVocabulary {
    /// Where the sources number the names of interfaces and rules.
    let names: NameTable

    var title: String { "filter" }
    var columnNames: String { SessionFilter.columnNames }

    func column(named name: String) -> FilterColumn? { FilterColumn(name: name) }

    func has(_ column: FilterColumn) -> Bool { true }

    func tree(
        _ column: FilterColumn, _ comparison: FilterComparison, _ value: FilterToken
    ) -> BooleanTree<SessionTest>? {
        column.tree(comparison, value, names: names)
    }

    func tree(_ test: SessionTest) -> BooleanTree<SessionTest>? { .test(test) }
}
