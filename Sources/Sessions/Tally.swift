import FlowModel

/// What a table counts for ``TableFigures``.
struct Tally {
    var sessionTraffic = TrafficLedger()
    var loggedTraffic = TrafficLedger()
    /// All that needs no place to be found; the traffic is not in it.
    var figures = TableFigures()
    /// Nanoseconds from the reception of what is being taken in to now.
    var delay: UInt64 = 0

    /// Nanoseconds between two looks for sums of interfaces that are gone, and between two where there is hardly room for others.
    private static let foldInterval: UInt64 = 60_000_000_000
    private static let hastyFoldInterval: UInt64 = 1_000_000_000
    /// When the next one is due, by the monotonic clock.
    private var nextFold: UInt64 = 0
    private var hastyFold: UInt64 = 0

    /// Adds up the traffic of interfaces that are gone, if it is time.
    @inline(__always)
    mutating func foldIfDue(at now: UInt64, _ interfaces: borrowing InterfaceNames) {
        let isCrowded = sessionTraffic.isCrowded || loggedTraffic.isCrowded
        if now >= (isCrowded ? hastyFold : nextFold) { fold(at: now, interfaces.presentNames) }
    }

    private mutating func fold(at now: UInt64, _ living: NameSet) {
        nextFold = now &+ Self.foldInterval
        hastyFold = now &+ Self.hastyFoldInterval
        sessionTraffic.fold(living: living)
        loggedTraffic.fold(living: living)
    }

    /// A dump has ended.
    mutating func add(_ report: ResyncReport) {
        figures.dumpCounts[report.cause, default: 0] &+= 1
        figures.dumpRowCount &+= report.rowCount
        figures.foundCount &+= report.foundCount
        figures.missedEndCount &+= report.endedCount
        figures.correctedCount &+= report.correctedCount
    }
}
