public import FlowModel

/// A place on a session's way where its packets are counted, in the order in which they pass.
public enum CountedPlace: String, CaseIterable, Sendable {
    /// The capture of the interface by which packets enter.
    case captureIn = "capture-in"
    case conntrack
    /// The capture of the interface by which they leave.
    case captureOut = "capture-out"
    /// A rule that logs.
    case nflog

    public var lane: Lane {
        switch self {
        case .captureIn, .captureOut: .packet
        case .conntrack: .conntrack
        case .nflog: .nflog
        }
    }
}
