internal import FlowModel

/// What one place counts less than another, until reasons have accounted for all of it.
struct Shortfall {
    let direction: FlowDirection
    let more: CountedPlace
    let fewer: CountedPlace
    private(set) var rest: Counters
    private(set) var found: [Difference] = []
    /// Nobody knows which packets a reason accounted for a part of them: what they and the others had of the bytes is a share from then on.
    private var isShared: Bool
    /// What may have done it, and shows nothing: evidence of what nobody can explain.
    var suspicions: [String] = []

    /// - Parameter isShare: whether the bytes are a share already.
    init(
        _ direction: FlowDirection, _ more: CountedPlace, _ fewer: CountedPlace, _ counters: Counters,
        isShare: Bool = false
    ) {
        self.direction = direction
        self.more = more
        self.fewer = fewer
        rest = counters
        isShared = isShare
    }

    var isAccountedFor: Bool { rest.packetCount == 0 && rest.byteCount == 0 }

    /// Accounts for so many of the packets, and for their share of the bytes.
    ///
    /// - Parameter isCertain: whether what shows it means just these packets.
    mutating func account(
        _ reason: DifferenceReason, for packetCount: UInt64, isCertain: Bool = true, _ evidence: [String]
    ) {
        let packets = min(packetCount, rest.packetCount)
        guard packets > 0 else { return }
        if packets < rest.packetCount { isShared = true }
        let bytes = rest.byteCount.share(packets, of: rest.packetCount)
        add(reason, Counters(packetCount: packets, byteCount: bytes), evidence, isCertain)
    }

    /// Accounts for all that is left.
    mutating func account(_ reason: DifferenceReason, isCertain: Bool = true, _ evidence: [String]) {
        guard !isAccountedFor else { return }
        add(reason, rest, reason == .unexplained ? evidence + suspicions : evidence, isCertain)
    }

    private mutating func add(
        _ reason: DifferenceReason, _ part: Counters, _ evidence: [String], _ isCertain: Bool
    ) {
        found.add(
            Difference(
                reason, direction, more: more, fewer: fewer, packetCount: part.packetCount,
                byteCount: part.byteCount, knowsBytes: !isShared || part.byteCount == 0, evidence: evidence,
                isCertain: isCertain))
        rest = rest.since(part)
    }
}

extension UInt64 {
    /// The share of this that `part` is of `whole`, rounded down: no more than this, whatever the numbers are.
    func share(_ part: UInt64, of whole: UInt64) -> UInt64 {
        guard part < whole else { return self }
        return whole.dividingFullWidth(multipliedFullWidth(by: part)).quotient
    }
}
