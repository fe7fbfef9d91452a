/// Where the packets of one direction come in and go out, as logged packets showed it; what none of them showed is 0 or none.
public struct PacketPath: Hashable, Sendable {
    public var inInterface: InterfaceIndex = 0
    public var outInterface: InterfaceIndex = 0
    /// The ports of a bridge behind these, where there is one (`NFULA_IFINDEX_PHYSINDEV`, `_PHYSOUTDEV`).
    public var physicalIn: InterfaceIndex = 0
    public var physicalOut: InterfaceIndex = 0
    /// Who handed the packets to this host: the sender itself, or the last router.
    public var sender = HardwareAddress.none
    /// The VLAN's number, 0 to 4095; `nil` of packets without a tag.
    public var vlan: UInt16?

    @inlinable
    public init() {}

    /// Takes over what a packet shows; what it does not show stays as it was.
    @inlinable
    public mutating func learn(_ packet: PacketPath) {
        if packet.inInterface != 0 { inInterface = packet.inInterface }
        if packet.outInterface != 0 { outInterface = packet.outInterface }
        if packet.physicalIn != 0 { physicalIn = packet.physicalIn }
        if packet.physicalOut != 0 { physicalOut = packet.physicalOut }
        if !packet.sender.isNone { sender = packet.sender }
        if let vlan = packet.vlan { self.vlan = vlan }
    }

    /// Calls `body` with every interface that is known.
    @inlinable
    public func forEachInterface(_ body: (InterfaceIndex) -> Void) {
        if inInterface != 0 { body(inInterface) }
        if outInterface != 0 { body(outInterface) }
        if physicalIn != 0 { body(physicalIn) }
        if physicalOut != 0 { body(physicalOut) }
    }

    /// Replaces the interfaces' numbers.
    public mutating func renumber(_ number: (InterfaceIndex) -> InterfaceIndex) {
        inInterface = number(inInterface)
        outInterface = number(outInterface)
        physicalIn = number(physicalIn)
        physicalOut = number(physicalOut)
    }
}
