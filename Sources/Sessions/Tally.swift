import FlowModel

/// What a table counts for ``TableFigures``.
struct Tally {
    var sessionTraffic = TrafficLedger()
    var loggedTraffic = TrafficLedger()
    /// All that needs no place to be found; the traffic is not in it.
    var figures = TableFigures()
    /// Nanoseconds from the reception of what is being taken in to now.
    var delay: UInt64 = 0

    /// A dump has ended.
    mutating func add(_ report: ResyncReport) {
        figures.dumpCounts[report.cause, default: 0] &+= 1
        figures.dumpRowCount &+= report.rowCount
        figures.foundCount &+= report.foundCount
        figures.missedEndCount &+= report.endedCount
        figures.correctedCount &+= report.correctedCount
    }
}
