import FlowModel

extension Examination {
    /// A part of 100 from which on the table counts as nearly full.
    private static let fullness = 80

    /// Conntrack's table: how full it is, and what it failed during the look. What it failed before is a fact, and no finding:
    /// nobody can mend it, and a doctor who goes on about it is not heard.
    var table: [Finding] {
        let failures = facts.failures?.during ?? ConntrackFailures()
        let isNearlyFull = facts.table.map { $0.count * 100 >= $0.limit * Self.fullness } ?? false
        let lacksRoom = isNearlyFull || failures.earlyDrops > 0
        // The kernel counts a packet that it dropped for want of a free tuple both ways (nf_ct_resolve_clash).
        let drops = failures.drops - min(failures.drops, failures.failedInserts)
        var findings: [Finding] = []
        if let table = facts.table, lacksRoom {
            var parts = ["conntrack's table has \(grouped(table.count)) of \(grouped(table.limit)) entries"]
            if failures.earlyDrops > 0 {
                parts.append("\(counted(failures.earlyDrops, "session")) ended early in \(span) to make room")
            }
            if drops > 0 { parts.append("\(counted(drops, "packet")) dropped") }
            let consequence =
                failures.earlyDrops + drops > 0 ? "" : ", and new sessions will be refused when it is full"
            findings.append(
                Finding(
                    "table-full", parts.joined(separator: ", ") + consequence,
                    shell.set("net.netfilter.nf_conntrack_max", roomyLimit(for: table), table.limitPlace)))
        }
        if drops > 0, !lacksRoom {
            findings.append(
                Finding(
                    "packets-dropped",
                    "conntrack dropped \(counted(drops, "packet")) in \(span), though its table has room",
                    .advice("the kernel's log says why (dmesg)")))
        }
        if failures.failedInserts > 0 {
            findings.append(
                Finding(
                    "insert-failed",
                    "conntrack dropped \(counted(failures.failedInserts, "packet")) in \(span), as the session that each "
                        + "would have begun was there already: two at once, or two sources translated to one port",
                    .advice("translate to random ports (--random-fully) or to more addresses")))
        }
        return findings
    }

    /// A power of two of which what is there is at most a half.
    private func roomyLimit(for table: TableFill) -> Int {
        var limit = 1 << 16
        while limit < table.count * 2 || limit <= table.limit, limit < 1 << 30 { limit *= 2 }
        return limit
    }
}
