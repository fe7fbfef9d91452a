/// A group of sessions as the document tells it.
struct GroupRow {
    let value: JSONValue

    private var nfmon: JSONValue { value["nfmon"] ?? .null }

    /// What its sessions have in common, by the column's name; nothing where that is unknown.
    func common(_ column: String) -> String? {
        switch nfmon["by"]?[column.subject] {
        case .string(let text): text
        case .whole(let number): String(number)
        default: nil
        }
    }

    var sessionCount: UInt64? { nfmon["sessions"]?.whole }
    var deniedCount: UInt64? { nfmon["denied"]?.whole.flatMap { $0 > 0 ? $0 : nil } }
    var attemptCount: UInt64? { deniedCount == nil ? nil : nfmon["attempts"]?.whole }
    var byteCount: UInt64? { value["network"]?["bytes"]?.whole }
    var packetCount: UInt64? { value["network"]?["packets"]?.whole }
    var sentBytes: UInt64? { value["source"]?["bytes"]?.whole }
    var receivedBytes: UInt64? { value["destination"]?["bytes"]?.whole }
    var byteRate: UInt64? { nfmon["rate"]?["bytes"]?.whole }
    var packetRate: UInt64? { nfmon["rate"]?["packets"]?.whole }
    /// Whether the totals are lower bounds.
    var isLowerBound: Bool { nfmon["exact"]?.bool == false }
    /// Whether the rate is that of all its sessions.
    var isRateWhole: Bool { nfmon["rate"]?["sessions"]?.whole == sessionCount }
    var start: String? { value["event"]?["start"]?.string }

    /// What tells it from the other groups.
    func id(_ columns: [String]) -> String { columns.map { common($0) ?? "" }.joined(separator: "\u{0}") }

    /// A filter that admits its sessions; `nil` where something that they have in common is unknown.
    func filter(_ columns: [String]) -> String? {
        var words: [String] = []
        for column in columns {
            guard let value = common(column), !value.contains("'") else { return nil }
            words.append("\(column.subject) = '\(value)'")
        }
        return words.isEmpty ? nil : words.joined(separator: " and ")
    }
}

extension String {
    /// A column of a grouping without the length of its networks: the `src` of `src/24`.
    var subject: String { String(prefix { $0 != "/" }) }
}
