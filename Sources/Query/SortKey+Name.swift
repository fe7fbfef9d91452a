extension SortKey {
    /// The key's name as a column.
    public var name: String { spellings[0] }

    /// Every way to write the key, its name first; goQuery's and nfdump's words are among them.
    public var spellings: [String] {
        switch self {
        case .bytes: ["bytes"]
        case .packets: ["packets"]
        case .byteRate: ["rate"]
        case .packetRate: ["pps"]
        case .attempts: ["attempts"]
        case .duration: ["duration", "age"]
        case .start: ["start"]
        case .lastSeen: ["last"]
        case .source: ["src", "sip", "srcip"]
        case .sourcePort: ["sport", "srcport"]
        case .destination: ["dst", "dip", "dstip"]
        case .destinationPort: ["dport", "dstport"]
        case .transport: ["proto"]
        case .state: ["state"]
        case .zone: ["zone"]
        case .mark: ["mark"]
        case .translatedSource: ["natsrc"]
        case .translatedSourcePort: ["natsport"]
        case .translatedDestination: ["natdst"]
        case .translatedDestinationPort: ["natdport"]
        }
    }

    /// The key that `text` names, in any case of letters.
    public init(parsing text: String) throws(UnknownSortKey) {
        let wanted = text.lowercased()
        guard let key = Self.allCases.first(where: { $0.spellings.contains(wanted) }) else {
            throw UnknownSortKey(text: text, keys: Self.allCases.map(\.name))
        }
        self = key
    }
}

/// A text that names nothing to sort by.
public struct UnknownSortKey: Error, Hashable, CustomStringConvertible {
    public var text: String
    /// What could have been named.
    public var keys: [String]

    public init(text: String, keys: [String]) {
        self.text = text
        self.keys = keys
    }

    /// Lists the valid keys, so that the reader needs no manual.
    public var description: String {
        "sort by '\(text)': there is no such key: use one of \(keys.joined(separator: ", "))"
    }
}
