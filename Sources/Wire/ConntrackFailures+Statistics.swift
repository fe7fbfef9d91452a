public import FlowModel

extension ConntrackFailures {
    /// Reads `/proc/net/stat/nf_conntrack`: a line of column names, then one of hexadecimal numbers for each CPU
    /// (nf_conntrack_standalone.c, `ct_cpu_seq_show`). Columns are found by name, as kernels differ in them; what is no
    /// number counts as none.
    ///
    /// - Returns: the sum over all CPUs; `nil` where the text has no such columns.
    public init?(statistics text: String) {
        let lines = text.split(separator: "\n")
        guard let names = lines.first?.split(separator: " "),
            let failedInserts = names.firstIndex(of: "insert_failed"), let drops = names.firstIndex(of: "drop"),
            let earlyDrops = names.firstIndex(of: "early_drop")
        else { return nil }
        self.init()
        let invalid = names.firstIndex(of: "invalid")
        for line in lines.dropFirst() {
            let values = line.split(separator: " ")
            func value(_ column: Int) -> UInt64 {
                column < values.count ? UInt64(UInt32(values[column], radix: 16) ?? 0) : 0
            }
            if let invalid { self.invalid += value(invalid) }
            self.failedInserts += value(failedInserts)
            self.drops += value(drops)
            self.earlyDrops += value(earlyDrops)
        }
    }
}
