import FlowModel

/// A word for a status bit: the event stream's, and conntrack(8)'s (`conntrack -u`).
enum StatusWord: String, CaseIterable {
    case seenReply = "seen-reply"
    case unreplied
    case assured
    case expected
    case confirmed
    case sourceNAT = "source-nat"
    case destinationNAT = "destination-nat"
    case fixedTimeout = "fixed-timeout"
    case helper
    case offload
    case hardwareOffload = "hardware-offload"

    /// - Parameter word: in lower case.
    init?(_ word: String) {
        switch word {
        case "seen_reply", "replied": self = .seenReply
        case "src_nat", "snat": self = .sourceNAT
        case "dst_nat", "dnat": self = .destinationNAT
        case "fixed_timeout": self = .fixedTimeout
        case "hw_offload": self = .hardwareOffload
        default:
            guard let known = Self(rawValue: word) else { return nil }
            self = known
        }
    }

    var test: SessionTest {
        switch self {
        case .seenReply: SessionTest(.status(.seenReply))
        case .unreplied: SessionTest(.status(.seenReply), isNegated: true)
        case .assured: SessionTest(.status(.assured))
        case .expected: SessionTest(.status(.expected))
        case .confirmed: SessionTest(.status(.confirmed))
        case .sourceNAT: SessionTest(.status(.sourceNAT))
        case .destinationNAT: SessionTest(.status(.destinationNAT))
        case .fixedTimeout: SessionTest(.status(.fixedTimeout))
        case .helper: SessionTest(.status(.helper))
        case .offload: SessionTest(.status(.offload))
        case .hardwareOffload: SessionTest(.status(.hardwareOffload))
        }
    }
}
