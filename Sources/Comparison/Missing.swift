internal import FlowModel

// What a lane is known not to have told.

extension ComparisonFacts {
    /// How many packets or messages each lane lost, could not read, or could give to no session.
    var missingCounts: LaneCounts {
        var counts = LaneCounts()
        for lane in Lane.allCases {
            // Of packets that several sessions could own nobody says which lane's they were.
            let ambiguous = lane == .conntrack ? 0 : ambiguousCount
            counts[lane] = lostCounts[lane].adding(malformedCounts[lane]).adding(ambiguous)
        }
        return counts
    }

    /// Whether a lane is known to have told everything: only then what it did not tell means something.
    func isWhole(_ lane: Lane) -> Bool {
        missingCounts[lane] == 0 && uncountedCounts[lane] == 0 && refusedCount == 0
            && (lane != .conntrack || untoldCount == 0)
    }

    /// Why conntrack may not have told of a session; `nil` where its events were on as it began.
    ///
    /// - Parameter start: when its first packet was captured.
    func silence(at start: Timestamp?) -> String? {
        guard eventsAreOn == false else { return nil }
        let setting = "net.netfilter.nf_conntrack_events"
        guard let span = eventsOffSpan else { return "\(setting) is 0" }
        if let start, start < span.from || start > span.to { return nil }
        return span.to < end ? "\(setting) was 0 for a while" : "\(setting) is 0"
    }

    /// In words: `nflog lost 5 packets, could not read 2`.
    func losses(of lane: Lane) -> String {
        let unit = lane == .conntrack ? "message" : "packet"
        var parts: [String] = []
        let isUncounted = uncountedCounts[lane] > 0
        if lostCounts[lane] > 0 || malformedCounts[lane] == 0 && !isUncounted {
            parts.append("lost \(lostCounts[lane].counted(unit))")
        }
        if isUncounted { parts.append("lost \(unit)s of which nobody knows how many") }
        if malformedCounts[lane] > 0 { parts.append("could not read \(malformedCounts[lane].counted(unit))") }
        if lane != .conntrack, ambiguousCount > 0 {
            let some = ambiguousCount == 1 ? "perhaps saw the packet" : "saw some of \(ambiguousCount) packets"
            parts.append("\(some) that several sessions could own")
        }
        return "\(lane == .packet ? "the capture" : lane.keyword) \(parts.joined(separator: ", "))"
    }
}

extension UInt64 {
    /// In words: `1 packet`, `2 packets`.
    func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }

    /// What is left of this without the other; 0 where that is more.
    func lacking(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }

    /// The sum, or the greatest number there is.
    func adding(_ other: UInt64) -> UInt64 {
        let (sum, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? .max : sum
    }
}
