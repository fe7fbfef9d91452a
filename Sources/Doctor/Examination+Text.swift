import FlowModel

extension Examination {
    /// How long the look took: `1s`, `1.5s`.
    var span: String {
        let tenths = (facts.duration + 50_000_000) / 100_000_000
        return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
    }

    /// `262,144`
    func grouped(_ number: some BinaryInteger) -> String {
        number >= 1000
            ? grouped(number / 1000) + "," + String(String(Int(number % 1000) + 1000).dropFirst()) : "\(number)"
    }

    /// `1 packet`, `12 packets`
    func counted(_ number: UInt64, _ noun: String) -> String { "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")" }

    /// `64MiB`, `3,214KiB`
    func kibibytes(_ count: Int) -> String {
        count >= 1 << 20 && count % (1 << 20) == 0
            ? "\(grouped(count >> 20))MiB" : "\(grouped((count + 1023) >> 10))KiB"
    }
}
