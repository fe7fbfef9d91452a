/// When something that answers are made of was switched off, as far as looks at it now and then can tell.
public struct OffTimes: Sendable {
    /// From the last look at which it was on to the first one at which it was on again, so that nothing of the time is left out; over
    /// all times, if there were several. `nil` where it never was off.
    public private(set) var span: LossSpan?
    private var lastOn: Timestamp?
    private var isOff = false

    public init() {}

    /// Takes in what a look has found.
    public mutating func look(isOff: Bool, at time: Timestamp) {
        if isOff, span == nil { span = LossSpan(at: lastOn ?? time) }
        if isOff || self.isOff { span = LossSpan(span, upTo: time) }
        if !isOff { lastOn = time }
        self.isOff = isOff
    }
}
