/// What the host's routing goes by besides where packets go: the rules of `ip rule`.
public struct RoutingPolicy: Sendable, Equatable {
    /// Families with rules of somebody's own, which may ask where packets come from, by which interface, or what they are.
    public var ruledFamilies: Set<AddressFamily>
    /// Those with rules that ask for marks.
    public var markedFamilies: Set<AddressFamily>
    /// Those with rules that ask for what a session does not tell of its packets, as their DSCP: some may go another way than is told.
    public var pickedFamilies: Set<AddressFamily>

    public init(
        ruledFamilies: Set<AddressFamily> = [], markedFamilies: Set<AddressFamily> = [],
        pickedFamilies: Set<AddressFamily> = []
    ) {
        self.ruledFamilies = ruledFamilies
        self.markedFamilies = markedFamilies
        self.pickedFamilies = pickedFamilies
    }
}
