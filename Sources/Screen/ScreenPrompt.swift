/// What the user is asked to write.
struct ScreenPrompt: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case filter
        case by
        case sort

        var title: String {
            switch self {
            case .filter: "filter: "
            case .by: "group by: "
            case .sort: "sort by: "
            }
        }

        /// What stands under an empty line.
        var hint: String {
            switch self {
            case .filter:
                "such as: dport = 443 and src net 10.0.0.0/8; nothing admits every session; Esc leaves it as it was"
            case .by: "columns, such as: src or src/24,dport; nothing shows single sessions; Esc leaves it as it was"
            case .sort: "a column, such as: bytes, packets, duration, dport; Esc leaves it as it was"
            }
        }
    }

    var kind: Kind
    var editor: LineEditor
    /// Why what was written cannot be used, in lines.
    var complaint: [String] = []
}
