/// What every key does.
enum HelpPage {
    private static let keys: [(key: String, deed: String)] = [
        ("up down PgUp PgDn", "select a row (also k j Home End); Esc selects none"),
        ("Enter", "a session's details; a group's sessions; Esc goes back"),
        ("f", "freeze: the selected row stays at the head of the list"),
        ("/", "filter: dport = 443 and src net 10.0.0.0/8"),
        ("g", "group by columns, such as src/24,dport; by none: sessions"),
        ("s", "sort by any key; R rate, B bytes, P packets, A age, S source, D destination"),
        ("< >", "sort by the column to the left, to the right"),
        ("u", "units: bytes or bits, by 1024 or by 1000"),
        ("n", "names of addresses, looked up in the background"),
        ("p, space", "pause, and go on"),
        ("r", "ask now; Ctrl-L draws the screen anew"),
        ("Ctrl-Z", "stop nfmon; fg goes on"),
        ("q, Ctrl-C", "quit"),
    ]

    private static let notes = [
        "A dash is unknown, never zero. > is a lower bound. A red row was denied. * is frozen; x: it has ended.",
        "Rates are between the last two readings of the counters. Times are UTC.",
    ]

    /// - Parameter columns: of the screen; what a key does is folded at them.
    static func lines(_ columns: Int) -> [ScreenLine] {
        let indent = (keys.map(\.key.count).max() ?? 0) + 2
        var lines = [ScreenLine("Keys", .strong), ScreenLine()]
        for (key, deed) in keys {
            for (index, part) in deed.folded(to: max(20, columns - indent)).enumerated() {
                var line = ScreenLine(index == 0 ? key : "", .strong)
                line.pad(to: indent)
                line.append(part)
                lines.append(line)
            }
        }
        return lines + [ScreenLine()] + notes.flatMap { $0.folded(to: columns) }.map { ScreenLine($0) }
    }
}
