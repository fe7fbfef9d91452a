internal import FlowModel

/// What rules refused of one session: what of it is not missing anywhere yet, and how often the firewall may have answered.
struct Refusals {
    /// Packets of each direction that rules logged as denied, and of which no place is known to lack them yet.
    private var logged: [FlowDirection: UInt64]
    /// How many were denied at least, as several rules may have logged one packet; those that were taken are off.
    private var sureCount: UInt64
    /// Whether all of that may be other sessions'.
    let mayBeOthers: Bool
    /// Packets that rules logged and answered; which way they went nobody says.
    private var answerable: UInt64
    /// Packets of each direction that rules were said to have rejected.
    private var rejected: [FlowDirection: UInt64] = [:]

    /// - Parameters:
    ///   - sureCount: how many packets were denied at least, where several rules may have logged one.
    ///   - answerable: how many packets rules logged that answer what they refuse.
    ///   - mayBeOthers: whether what rules logged may be other sessions'.
    init(_ session: Session, sureCount: UInt64, answerable: UInt64, mayBeOthers: Bool) {
        self.mayBeOthers = mayBeOthers
        logged = [
            .original: session.denials.packetCount(of: .original), .reply: session.denials.packetCount(of: .reply),
        ]
        self.sureCount = sureCount
        self.answerable = answerable
    }

    func loggedCount(_ direction: FlowDirection) -> UInt64 { logged[direction] ?? 0 }

    /// Takes up to so many of the packets of a direction that rules logged as denied, or of those of them that surely were.
    mutating func takeLogged(_ direction: FlowDirection, upTo count: UInt64, isCertain: Bool) -> UInt64 {
        let taken = min(count, loggedCount(direction), isCertain ? sureCount : .max)
        logged[direction] = loggedCount(direction) - taken
        sureCount = sureCount.lacking(taken)
        return taken
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
