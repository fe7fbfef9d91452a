public import FlowModel

/// A neighbour, whose address on the link the kernel knows or looks for: RTM_NEWNEIGH (linux/neighbour.h).
public struct NeighbourMessage: Sendable {
    public static let newNeighbourType: UInt16 = 28

    /// Whether it has not answered: the kernel drops what it has for it, now or when it gives up to ask.
    public let isSilent: Bool

    /// - Returns: `nil` for any other message.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.newNeighbourType else { return nil }
        // struct ndmsg: family, three bytes of padding, index of 32 bits, state of 16 bits, flags, type
        guard let state = message.body.native(UInt16.self, at: 8), message.body.count >= 12 else { throw .familyHeader }
        isSilent = state & 0x21 != 0  // NUD_INCOMPLETE, NUD_FAILED
    }
}
