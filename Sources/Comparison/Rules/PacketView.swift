internal import FlowModel

/// The packets of one direction of a session as a rule at one place sees them.
struct PacketView: Hashable {
    var tuple: FlowKey
    /// `nil` where nobody knows it, and empty where there is none yet, or none any more.
    var inInterface: String?
    var outInterface: String?
    /// What its addresses are to the host; `nil` where nobody knows.
    var sourceKind: AddressKind?
    var destinationKind: AddressKind?
    /// Whether the way back to their source leads through the interface by which they come.
    var isExpected: Bool?
    /// Whether they are later pieces of datagrams; `nil` where some may be.
    var isFragmented: Bool?
    /// Their mark, as far as rules set it; `nil` where nobody knows.
    var mark: UInt32?
    /// The bits of marks that rules set, and so nobody else does.
    var markedBits: UInt32 = 0
    /// What conntrack may say of them: one of these; `nil` where nobody knows.
    var states: TrackingState?
    /// How their session is translated, and how it may be, besides.
    var translations: TrackingState = []
    var openTranslations: TrackingState = []
    /// Whether a rule may have translated the source, or the destination, to what nobody knows.
    var hidesSource = false
    var hidesDestination = false

    /// The same packets as they may have come in, where only what left is known: of whose source, and by which interface, it does not tell.
    func beforeTranslation(hidesDestination: Bool) -> PacketView {
        PacketView(tuple: tuple, hidesSource: true, hidesDestination: hidesDestination)
    }
}
