public import FlowModel

/// How a filter is read, and who decides what of it: for people.
public struct FilterExplanation: Sendable {
    private var lines: [String] = []

    public init() {}

    /// The text, with a newline behind each line.
    public var text: String { lines.map { $0 + "\n" }.joined() }

    /// Appends how the filter is read, a line for each of its parts.
    public mutating func append(_ filter: SessionFilter, names: NameTable) {
        let names = names.snapshot
        append("filter", FilterText.lines(filter.tree) { $0.text(names) })
        func need(_ name: String, _ columns: [String]) -> String? {
            columns.isEmpty ? nil : "\(name) for \(columns.joined(separator: ", "))"
        }
        let lanes = Lane.allCases.map { need($0 == .packet ? "a capture" : $0.keyword, filter.columns(needing: $0)) }
        let needs = (lanes + [need("nflog or a capture", filter.interfaceColumns)]).compactMap(\.self)
        append("needs", needs.isEmpty ? ["nothing that only conntrack or only nflog tells"] : needs)
    }

    /// Appends what the kernel leaves out, and what it cannot.
    ///
    /// - Parameters:
    ///   - source: what the filter was weakened to.
    ///   - remark: how the kernel is told.
    public mutating func append(_ source: SourceFilter, of filter: SessionFilter, remark: String, names: NameTable) {
        guard !source.isOpen else {
            return append("kernel", ["leaves out nothing: nfmon decides"])
        }
        let parts = FilterText.lines(source.tree) { $0.text }.map { "  " + $0 }
        append("kernel", ["leaves out, \(remark), conntrack's messages but of"] + parts)
        let left = filter.columnsBeyondMessages
        append(
            "nfmon",
            ["decides on what is left" + (left.isEmpty ? "" : ", and alone on \(left.joined(separator: ", "))")])
    }

    /// Appends what sessions are grouped by.
    public mutating func append(_ grouping: Grouping) {
        append("by", [grouping.columns.map(\.name).joined(separator: ", ")])
    }

    /// Appends how the filter of groups is read.
    public mutating func append(_ filter: GroupFilter, grouping: Grouping, names: NameTable) {
        let names = names.snapshot
        append("having", FilterText.lines(filter.tree) { $0.text(grouping, names) })
    }

    private mutating func append(_ title: String, _ texts: [String]) {
        for (index, text) in texts.enumerated() {
            let title = index == 0 ? title : ""
            lines.append(title + String(repeating: " ", count: 8 - title.count) + text)
        }
    }
}

extension SessionFilter {
    /// The filter in one spelling, which reads back as the same.
    public func canonicalText(_ names: NameTable) -> String {
        let names = names.snapshot
        return FilterText.text(tree) { $0.text(names) }
    }

    fileprivate var interfaceColumns: [String] { columns { $0.asksForInterface } }

    fileprivate func columns(needing lane: Lane) -> [String] { columns { $0.neededLane == lane } }

    /// What conntrack's messages do not tell.
    fileprivate var columnsBeyondMessages: [String] { columns { !$0.isToldByMessages } }

    private func columns(_ isMeant: (SessionTest) -> Bool) -> [String] {
        var names: [String] = []
        _ = tree.contains { test in
            if isMeant(test), !names.contains(test.columnName) { names.append(test.columnName) }
            return false
        }
        return names
    }
}
