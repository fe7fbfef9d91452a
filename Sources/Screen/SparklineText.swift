/// Amounts as little columns.
enum SparklineText {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let ascii = Array("_.:-=+*#")

    /// A character for each amount, the greatest is full height; a space where it is unknown.
    static func text(_ amounts: [UInt64?], hasUTF8: Bool) -> String {
        let levels = hasUTF8 ? blocks : ascii
        let greatest = amounts.compactMap(\.self).max() ?? 0
        return String(
            amounts.map { amount in
                guard let amount else { return " " }
                guard greatest > 0 else { return levels[0] }
                // Without an overflow, and the greatest on the last level.
                let share = Double(amount) / Double(greatest)
                return levels[min(levels.count - 1, Int(share * Double(levels.count)))]
            })
    }
}
