internal import FlowModel

/// How fast the packets of one direction of a session came, to say how many may have come while nobody looked.
struct Pace {
    /// What may come at once: a window of TCP, a page's pictures.
    private static let burst: UInt64 = 64
    /// By how much a session may be faster for a moment than it was on average.
    private static let swing = 4.0
    /// Nanoseconds; what passed within less says nothing about a pace.
    private static let leastTime: Int64 = 1_000_000

    private let packetsPerNanosecond: Double
    /// Nanoseconds for which it may rest and still go on; 0 where one packet says nothing about that.
    let greatestPause: Int64

    init(_ counts: FrameCounts) {
        let time = max(Self.leastTime, counts.last.nanoseconds(since: counts.first))
        packetsPerNanosecond = Double(counts.seen.packetCount) / Double(time)
        let pauses = Int64(clamping: counts.seen.packetCount) - 1
        // Twice as long as on average; a savefile's times may be centuries apart.
        greatestPause = pauses > 0 ? min(time / pauses, .max / 2) * 2 : 0
    }

    /// How many packets may have come at most in so many nanoseconds; 0 where there was no time.
    func most(in nanoseconds: Int64) -> UInt64 { nanoseconds > 0 ? Self.burst + average(in: nanoseconds) : 0 }

    /// The same without a burst, rounded up: of a time so short that a burst would hide what was really dropped.
    func average(in nanoseconds: Int64) -> UInt64 {
        guard nanoseconds > 0 else { return 0 }
        return UInt64(min((packetsPerNanosecond * Double(nanoseconds) * Self.swing).rounded(.up), 1e15))
    }
}
