internal import FlowModel

/// What rules refused of one session: what of it is not missing anywhere yet, and how often the firewall may have answered.
struct Refusals {
    /// Packets that rules logged as denied, and of which no place is known to lack them yet.
    var loggedCount: UInt64
    /// Packets that rules logged as rejected; which way they went nobody says.
    private var answerable: UInt64
    /// Packets of each direction that rules were said to have rejected.
    private var rejected: [FlowDirection: UInt64] = [:]

    init(_ session: Session) {
        loggedCount = session.denials.packetCount
        answerable = session.denials.reduce(0) { $1.verdict == .reject ? $0.adding($1.count) : $0 }
    }

    mutating func noteRejected(_ count: UInt64, _ direction: FlowDirection) {
        rejected[direction, default: 0] &+= count
    }

    /// Packets of one direction that rules rejected, as far as is known by now, and so answered.
    func rejectedCount(_ direction: FlowDirection) -> UInt64 { (rejected[direction] ?? 0).adding(answerable) }

    /// Takes up to so many answers of the firewall's own, which go the way that the rejected packets came from: one for each.
    mutating func takeAnswers(_ direction: FlowDirection, upTo count: UInt64) -> UInt64 {
        let other = direction == .original ? FlowDirection.reply : .original
        let known = min(count, rejected[other] ?? 0)
        rejected[other] = (rejected[other] ?? 0) - known
        let logged = min(count - known, answerable)
        answerable -= logged
        return known + logged
    }
}
