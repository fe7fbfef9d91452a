public import FlowModel

/// The groups that the host's interfaces listen to, as `/proc/net/igmp6` lists them.
public struct GroupList: Sendable {
    public private(set) var groups: [InterfaceIndex: Set<IPAddress>] = [:]

    /// Lines like `2    lan0            ff0200000000000000000000000000fb     1 00000004 0`; others are passed over.
    public init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count >= 3, let interface = InterfaceIndex(words[0]), words[2].utf8.count == 32,
                let high = UInt64(words[2].prefix(16), radix: 16), let low = UInt64(words[2].suffix(16), radix: 16)
            else { continue }
            groups[interface, default: []].insert(IPAddress(high: high, low: low))
        }
    }
}
