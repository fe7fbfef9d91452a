internal import FlowModel

/// The packets of one direction of a session as a rule at one place sees them.
struct PacketView {
    var tuple: FlowKey
    /// `nil` where nobody knows it.
    var inInterface: String?
    var outInterface: String?
}
