import FlowModel

extension SessionEvent.Body {
    /// The event's kind, `event.action` in every machine's format.
    var action: String {
        switch self {
        case .start: "session-start"
        case .update: "session-update"
        case .end: "session-end"
        case .denied: "session-denied"
        case .loss: "loss"
        case .resync: "resync"
        }
    }
}

extension LossReport {
    /// Who lost: a lane, or nfmon's own output, which belongs to none.
    var source: String { cause == .output ? "output" : lane.keyword }
}

extension Loss.Cause {
    /// The word for the cause.
    var keyword: String {
        switch self {
        case .overrun: "overrun"
        case .malformed: "malformed"
        case .output: "output"
        }
    }

    /// The word where it says more than that there was a loss; an overrun is what a loss usually is.
    var shownKeyword: String? { self == .overrun ? nil : keyword }
}

extension Session {
    /// Nanoseconds from the start to `time`; `nil` where the start is unknown or the clock was set back between.
    func duration(to time: Timestamp) -> UInt64? {
        start.flatMap { UInt64(exactly: time.nanoseconds(since: $0)) }
    }
}
