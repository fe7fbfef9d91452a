import FlowModel

/// What an event says, `event.action` in every machine's format.
enum EventAction: UInt8, Sendable {
    case sessionStart
    case sessionUpdate
    case sessionEnd
    case sessionDenied
    case loss
    case resync
    case shed

    var keyword: String {
        switch self {
        case .sessionStart: "session-start"
        case .sessionUpdate: "session-update"
        case .sessionEnd: "session-end"
        case .sessionDenied: "session-denied"
        case .loss: "loss"
        case .resync: "resync"
        case .shed: "shed"
        }
    }
}

extension SessionEvent.Kind {
    var action: EventAction {
        switch self {
        case .start: .sessionStart
        case .update: .sessionUpdate
        case .end: .sessionEnd
        case .denied: .sessionDenied
        case .loss: .loss
        case .resyncBegan, .resync: .resync
        case .shed: .shed
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
        case .down: "down"
        }
    }

    /// The word where it says more than that there was a loss; an overrun is what a loss usually is.
    var shownKeyword: String? { self == .overrun ? nil : keyword }
}

extension SessionRecord {
    /// What people read as the state: of an offloaded session that it is, in the word of conntrack(8), as its TCP state stands
    /// still like its counters.
    var stateForPeople: String? {
        if status.contains(.hardwareOffload) { return "HW_OFFLOAD" }
        return status.contains(.offload) ? "OFFLOAD" : shownState
    }

    /// The TCP state's name, if there is a state and it has a name.
    var shownState: String? { tcpState == .none ? nil : tcpState.keyword }
}
