import Comparison
import FlowModel

/// Writes a comparison's summary as lines for people.
struct ComparisonSummaryText {
    let result: ComparisonOutcome

    private var summary: ComparisonSummary { result.summary }
    private var lanes: [Lane] { [.conntrack, .nflog, .packet].filter(result.facts.lanes.contains) }

    func append(to text: inout [UInt8]) {
        appendVerdict(to: &text)
        appendSets(to: &text)
        for lane in lanes { appendLane(lane, to: &text) }
        if let resident = result.facts.residentBytes {
            text.append(contentsOf: "all paths, the table and the program: ".utf8)
            text.appendByteCount(resident)
            text.append(contentsOf: " in memory\n".utf8)
        }
        if let time = result.facts.interruptTime {
            text.append(contentsOf: "the kernel's own part, which no path shows: ".utf8)
            text.appendDuration(nanoseconds: time)
            text.append(contentsOf: " in soft interrupts on the whole host, for all it received\n".utf8)
        }
        appendAgreement(summary.capture, "conntrack and the capture agree in", to: &text)
        if result.facts.lanes.contains(.nflog), (summary.totals[.nflog]?.packetCount ?? 0) > 0 {
            appendAgreement(summary.log, "rules logged", to: &text)
        }
        appendReasons(to: &text)
        appendRules(to: &text)
        appendOthers(to: &text)
        appendNotes(to: &text)
    }

    /// `3 of 20 sessions differ`, or that none does.
    private func appendVerdict(to text: inout [UInt8]) {
        let names = lanes.map(\.title).joined(separator: ", ")
        guard lanes.count > 1 else {
            text.append(contentsOf: "nothing to compare: \(lanes.isEmpty ? "no lane" : "only \(names)") tells of ".utf8)
            text.appendCount(summary.sessionCount, "session")
            appendSpan(to: &text)
            return
        }
        // Nothing was there to differ, or only one of the lanes counts.
        let isCompared = summary.capture.packetCount > 0 || summary.log.packetCount > 0
        guard summary.differingCount > 0 || isCompared else {
            if summary.sessionCount > 0 {
                text.append(contentsOf: "nothing to compare: no two of \(names) have counts of ".utf8)
                text.appendCount(summary.sessionCount, "session")
            } else {
                text.append(contentsOf: "nothing to compare: \(names) told of no session".utf8)
            }
            appendSpan(to: &text)
            return
        }
        guard summary.differingCount > 0 else {
            text.append(contentsOf: "nothing differs: \(names) tell the same of ".utf8)
            text.appendCount(summary.sessionCount, "session")
            appendSpan(to: &text)
            return
        }
        text.appendGrouped(summary.differingCount)
        text.append(contentsOf: " of ".utf8)
        text.appendCount(summary.sessionCount, "session")
        text.append(contentsOf: " \(summary.differingCount == 1 ? "differs" : "differ") between \(names)".utf8)
        appendSpan(to: &text)
    }

    private func appendSpan(to text: inout [UInt8]) {
        if let span = UInt64(exactly: result.facts.end.nanoseconds(since: result.facts.start)), span > 0 {
            text.append(contentsOf: ", from ".utf8)
            result.facts.start.append(to: &text, fractionDigits: 0)
            text.append(contentsOf: " for ".utf8)
            text.appendDuration(nanoseconds: span)
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// `seen by conntrack and capture: 18 sessions`
    private func appendSets(to text: inout [UInt8]) {
        for (set, count) in summary.sortedLaneSets {
            text.append(contentsOf: "seen by \(set.map(\.title).joined(separator: " and ")): ".utf8)
            text.appendCount(count, "session")
            text.append(UInt8(ascii: "\n"))
        }
    }

    /// `capture    1,234 packets, 12.3MiB; cost 0.012s of processor time, 16.0MiB of buffer, lost 0`
    private func appendLane(_ lane: Lane, to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: lane.title.utf8)
        text.pad(from: start, to: 11)
        let total = summary.totals[lane] ?? Counters()
        text.appendCount(total.packetCount, "packet")
        text.append(contentsOf: ", ".utf8)
        text.appendByteCount(total.byteCount)
        if let cost = result.facts.costs.first(where: { $0.lane == lane }) {
            text.append(contentsOf: "; cost ".utf8)
            text.appendDuration(nanoseconds: cost.processorTime)
            text.append(contentsOf: " of its threads' processor time".utf8)
            if let bytes = cost.bufferBytes {
                text.append(contentsOf: " and ".utf8)
                text.appendByteCount(bytes)
                text.append(contentsOf: " of buffer".utf8)
            }
        }
        let lost = result.facts.lostCounts[lane]
        let malformed = result.facts.malformedCounts[lane]
        if lost > 0 {
            text.append(contentsOf: ", lost ".utf8)
            text.appendGrouped(lost)
        } else if result.facts.uncountedCounts[lane] > 0 {
            text.append(contentsOf: ", lost an unknown number".utf8)
        } else if malformed == 0 {
            text.append(contentsOf: ", lost nothing".utf8)
        }
        if malformed > 0 {
            text.append(contentsOf: ", could not read ".utf8)
            text.appendGrouped(malformed)
        }
        text.append(UInt8(ascii: "\n"))
    }

    private func appendAgreement(_ agreement: Agreement, _ words: String, to text: inout [UInt8]) {
        guard let packets = agreement.packetShare, let bytes = agreement.byteShare else { return }
        text.append(contentsOf: "\(words) ".utf8)
        text.appendShare(packets)
        text.append(contentsOf: " of packets and ".utf8)
        text.appendShare(bytes)
        text.append(contentsOf: " of bytes\n".utf8)
    }

    private func appendReasons(to text: inout [UInt8]) {
        for reason in DifferenceReason.allCases {
            guard let entry = summary.reasons[reason] else { continue }
            text.append(contentsOf: "\(reason.rawValue): ".utf8)
            text.appendCount(entry.sessionCount, "session")
            text.append(contentsOf: ", ".utf8)
            text.appendCount(entry.counters.packetCount, "packet")
            if entry.uncertainCount > 0, reason != .unexplained {
                text.append(contentsOf: " (perhaps ".utf8)
                text.appendGrouped(entry.uncertainCount)
                text.append(contentsOf: " of them)".utf8)
            }
            text.append(UInt8(ascii: "\n"))
        }
        if summary.differingCount > 0, summary.reasons[.unexplained] == nil, summary.unkeptCount == 0 {
            text.append(contentsOf: "nothing is unexplained".utf8)
            if summary.uncertainCount > 0 {
                text.append(contentsOf: "; of ".utf8)
                text.appendCount(summary.uncertainCount, "packet")
                text.append(contentsOf: " the reason may be another".utf8)
            }
            text.append(UInt8(ascii: "\n"))
        }
    }

    private func appendRules(to text: inout [UInt8]) {
        for use in summary.ruleUses {
            text.append(contentsOf: "rule ".utf8)
            TerminalText.append(Array(use.watched.title.utf8), to: &text)
            text.append(contentsOf: ": ".utf8)
            if let growth = use.watched.growth {
                text.append(contentsOf: "counted ".utf8)
                text.appendCount(growth.packetCount, "packet")
                text.append(contentsOf: "; ".utf8)
            }
            text.append(contentsOf: "accounts for ".utf8)
            text.appendCount(use.packetCount, "packet")
            text.append(UInt8(ascii: "\n"))
        }
    }

    private func appendOthers(to text: inout [UInt8]) {
        for (count, words) in [
            (summary.unloggedCount, "that no rule logs, which is no difference"),
            (summary.idleCount, "without traffic meanwhile, not compared"),
            (summary.neverTrackedCount, "of neighbour discovery, which conntrack never tracks, not compared"),
            (summary.outsideCount, "of a time of which one of the lanes tells nothing, not compared"),
            (result.facts.filteredCount, "that the capture's filter leaves out not compared"),
            (summary.unkeptCount, "that differ not explained, as there were more than can be kept"),
        ] where count > 0 {
            text.appendCount(count, "session")
            text.append(contentsOf: " \(words)\n".utf8)
        }
    }

    /// What is known to be missing besides each lane's own losses.
    private var doubts: [String] {
        let facts = result.facts
        var doubts: [String] = []
        if let frames = facts.spans[.packet], let told = facts.spans[.conntrack], !frames.overlaps(told) {
            doubts.append("packets and conntrack's messages are of different periods: nothing of them can be compared")
        }
        for (count, words) in [
            (
                facts.untoldCount,
                "beginnings and ends of sessions came faster than they were compared: as many may be missing"
            ),
            (facts.refusedCount, "words about sessions found no place, as the table was full"),
            (facts.evictedCount, "sessions known from packets alone were given up early, as there were too many"),
            (facts.ambiguousCount, "packets could be of several sessions and are in none's counts"),
            (
                facts.foreignCount,
                "frames were for other hosts, as a switch that floods, a mirror port or a promiscuous interface shows them; the firewall does not get them: not compared"
            ),
        ] where count > 0 {
            doubts.append("\(count) \(words)")
        }
        return doubts
    }

    private func appendNotes(to text: inout [UInt8]) {
        var notes = result.facts.unlooked.map { part in
            "could not look at \(part.subject): \(part.reason)" + (part.cure.isEmpty ? "" : ": \(part.cure)")
        }
        notes += result.facts.notes
        notes += doubts
        for note in notes {
            text.append(contentsOf: "note: ".utf8)
            TerminalText.append(Array(note.utf8), to: &text)
            text.append(UInt8(ascii: "\n"))
        }
    }
}

extension ComparisonSummary {
    /// The sets of lanes and how many sessions each saw, the fullest first.
    var sortedLaneSets: [(lanes: [Lane], count: UInt64)] {
        laneSets.map { (lanes: $0.key, count: $0.value) }.sorted { left, right in
            left.lanes.count == right.lanes.count
                ? left.lanes.map(\.rawValue).lexicographicallyPrecedes(right.lanes.map(\.rawValue))
                : left.lanes.count > right.lanes.count
        }
    }
}

extension [UInt8] {
    /// Appends a share in thousandths of a percent: `99.998 %`, and `100 %` only for all.
    mutating func appendShare(_ share: UInt64) {
        appendDecimal(share / 1000)
        if share < 100_000 {
            append(UInt8(ascii: "."))
            appendDecimal(share % 1000, width: 3)
        }
        append(contentsOf: " %".utf8)
    }
}
