import FlowModel

/// The columns by which sessions are grouped: `src,dport`, `src/24 rule`.
public struct Grouping: Hashable, Sendable {
    /// In the order in which they were named; each subject once.
    public let columns: [GroupColumn]

    /// As it is written.
    public var text: String { columns.map(\.name).joined(separator: ",") }

    /// Reads columns with commas or spaces between them.
    ///
    /// An address may have a length behind it, by which its networks are grouped: up to 32 it is that of IPv4 addresses, above
    /// of IPv6 ones, and the other family's stay whole; `src/24/64` says both.
    public init(parsing text: String) throws(FilterError) {
        var columns: [GroupColumn] = []
        for (word, offset) in Self.words(of: text) {
            func fail(_ reason: String) -> FilterError {
                FilterError(title: "--by", text: text, offset: offset, reason: reason)
            }
            let parts = word.split(separator: "/", omittingEmptySubsequences: false)
            let name = parts[0].lowercased()
            guard let subject = GroupColumn.Subject.allCases.first(where: { $0.spellings.contains(name) }) else {
                let hint = Self.hint(for: name) ?? "use of \(Self.columnNames)"
                throw fail("\(FilterError.quoted(String(parts[0]))) is no column to group by: \(hint)")
            }
            guard !columns.contains(where: { $0.subject == subject }) else {
                throw fail("\(subject.name) is there twice")
            }
            guard parts.count == 1 || subject.isAddress else {
                throw fail("only addresses have a length: write \(subject.name)")
            }
            guard let column = Self.column(subject, lengths: parts.dropFirst()) else {
                throw fail(
                    "\(FilterError.quoted(word)): lengths are 1 to 32 for IPv4 and 33 to 128 for IPv6, or both, as in \(subject.name)/24/64"
                )
            }
            columns.append(column)
        }
        guard !columns.isEmpty else {
            throw FilterError(
                title: "--by", text: text, offset: text.count,
                reason: "expected columns, such as src,dport: of \(Self.columnNames)")
        }
        self.columns = columns
    }

    /// Whether a column is of what only logged packets tell: rules, verdicts and, where no capture is read, interfaces.
    public func asksForPackets(besideCapture: Bool = false) -> Bool {
        columns.contains { column in
            switch column.subject {
            case .ingress, .egress, .vlan: !besideCapture
            case .rule, .verdict, .user, .userGroup, .sender, .physicalIngress,
                .physicalEgress:
                true
            default: false
            }
        }
    }

    /// The columns there are, for people who look for one.
    public static var columnNames: String { GroupColumn.Subject.allCases.map(\.name).joined(separator: " ") }

    private static func words(of text: String) -> [(word: String, offset: Int)] {
        var words: [(word: String, offset: Int)] = []
        var word = ""
        for (offset, character) in (text + " ").enumerated() {
            guard character == "," || character.isWhitespace else {
                word.append(character)
                continue
            }
            if !word.isEmpty { words.append((word, offset - word.count)) }
            word = ""
        }
        return words
    }

    private static func column(_ subject: GroupColumn.Subject, lengths: ArraySlice<Substring>) -> GroupColumn? {
        let numbers = lengths.compactMap { $0.allSatisfy(\.isNumber) ? Int($0) : nil }
        guard numbers.count == lengths.count, numbers.count <= 2 else { return nil }
        switch (numbers.first, numbers.dropFirst().first) {
        case (nil, _): return GroupColumn(subject)
        case (let ipv4?, let ipv6?):
            guard (1...32).contains(ipv4), (1...128).contains(ipv6) else { return nil }
            return GroupColumn(subject, ipv4Length: ipv4, ipv6Length: ipv6)
        case (let length?, nil):
            guard (1...128).contains(length) else { return nil }
            return length <= 32 ? GroupColumn(subject, ipv4Length: length) : GroupColumn(subject, ipv6Length: length)
        }
    }

    /// What to write instead of columns that are of either side, or amounts.
    private static func hint(for name: String) -> String? {
        switch name {
        case "host", "net", "ip", "addr": "it is of either side: use src or dst"
        case "port": "it is of either side: use sport or dport"
        case "if", "iface", "interface": "it is of either side: use iif or oif"
        case "bytes", "packets", "sessions", "rate", "pps", "duration", "start", "denied", "attempts":
            "every group has it: sort by it with --sort, or ask for it with --having"
        default: nil
        }
    }
}
