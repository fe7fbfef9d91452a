/// The VLANs in which the two ways of a flow pass a tap, by the outer tags of their frames.
///
/// A mirror port shows a packet that was routed between VLANs in each of them: that are two flows. One that keeps the tags of one way only shows
/// one.
public struct VLANs: Hashable, Sendable {
    /// Of a way of which no frame was seen.
    public static var unknown: UInt16 { 0xffff }

    /// The number of the packets' VLAN, 0 of those without a tag, and of those that go the other way.
    public var forward: UInt16
    public var backward: UInt16

    @inlinable
    public init(forward: UInt16 = unknown, backward: UInt16 = unknown) {
        self.forward = forward
        self.backward = backward
    }

    /// Whether frames with such a tag may be more of a way, as far as that is known.
    @inlinable
    public static func fits(_ vlan: UInt16, _ known: UInt16) -> Bool {
        vlan == known || vlan == unknown || known == unknown
    }

    /// Whether both may be of one flow.
    @inlinable
    public func fits(_ other: VLANs) -> Bool {
        Self.fits(other.forward, forward) && Self.fits(other.backward, backward)
    }

    /// Takes over what was not known.
    @inlinable
    public mutating func complete(by other: VLANs) {
        if forward == Self.unknown { forward = other.forward }
        if backward == Self.unknown { backward = other.backward }
    }

    /// The same, seen from the other way.
    @inlinable
    public var reversed: VLANs { VLANs(forward: backward, backward: forward) }

    /// The number of a way's VLAN, where it has one.
    static func number(_ vlan: UInt16) -> UInt16? { vlan == 0 || vlan == unknown ? nil : vlan }
}
