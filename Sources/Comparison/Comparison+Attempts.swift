internal import FlowModel

// What rules denied, and logged that they did.

extension Comparison {
    /// Packets of a session that conntrack knows may have been denied before rules let it in.
    mutating func lendDenials(to compared: inout ComparedSession) {
        let counts = DirectionCounts(compared, .original)
        guard let entered = counts.entering?.counts.whole, let tracked = counts.tracked else { return }
        if compared.session.denials.isEmpty {
            attempts.lend(to: &compared.session, upTo: entered.since(tracked).packetCount)
            compared.wasDenied = !compared.session.denials.isEmpty
        } else if let start = compared.session.start {
            // What rules logged may come after conntrack's word about what they let in then.
            compared.wasDenied = compared.session.denials.allSatisfy { $0.last < start }
        }
    }

    /// Why the capture did not see what a rule denied.
    mutating func unseen(_ counts: DirectionCounts, _ session: Session) -> [Difference] {
        var short = Shortfall(.original, .nflog, .captureIn, counts.logged)
        accountForOtherInterface(&short, counts.path.inInterface)
        accountForLoss(&short, of: .packet, session)
        let wasDeniedLater = session.record.lastSeen.nanoseconds(since: facts.end) > Self.clockSlack
        if !accountForLate(&short, counts, session), wasDeniedLater {
            short.account(.endedAfter, isCertain: false, ["rules denied it after the capture had ended, too"])
        }
        short.account(
            .unexplained,
            ["rules denied packets that were not captured, unless a translation gave them another destination"])
        return short.found
    }
}
