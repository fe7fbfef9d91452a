public import FlowModel

extension StackCounters {
    /// Reads a file of counters, of either kind that there is: a line of names behind a prefix and one of values behind the same
    /// (net/ipv4/proc.c: `Ip: InReceives InHdrErrors`, `Ip: 9 2`), or a name and a value on each line (net/ipv6/proc.c, net/xfrm/xfrm_proc.c).
    ///
    /// What is no number, or negative, as a setting among the counters may be, is left out.
    public init(text: String) {
        var values: [String: UInt64] = [:]
        var titles: [Substring] = []
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let first = words.first else { continue }
            if first.last != ":" {
                if words.count == 2, let value = UInt64(words[1]) { values[String(first)] = value }
                titles = []
            } else if titles.first == first {
                for (title, word) in zip(titles, words).dropFirst() {
                    if let value = UInt64(word) { values["\(first.dropLast())\(title)"] = value }
                }
                titles = []
            } else {
                titles = words
            }
        }
        self.init(values)
    }
}
