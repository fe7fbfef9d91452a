public import FlowModel

/// The number that nf_tables gives to what it holds, another one after each change: NFT_MSG_NEWGEN (linux/netfilter/nf_tables.h).
public struct GenerationMessage: Sendable {
    public static let newGenerationType: UInt16 = 10 << 8 | 15  // NFNL_SUBSYS_NFTABLES
    public static let getGenerationType: UInt16 = 10 << 8 | 16

    public let number: UInt32

    /// - Returns: `nil` for any other message, and for one that does not say the number.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.newGenerationType else { return nil }
        guard message.body.count >= 4 else { throw .familyHeader }
        var found: UInt32?
        var cursor = NetlinkAttributes(message.body.slice(from: 4))
        while try cursor.next() {
            if cursor.type == 1 { found = try cursor.scalar(UInt32.self) }  // NFTA_GEN_ID
        }
        guard let found else { return nil }
        number = found
    }
}
