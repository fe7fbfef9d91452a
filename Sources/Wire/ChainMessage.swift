public import FlowModel

/// A chain of nftables with the counter of its policy: NFT_MSG_NEWCHAIN (linux/netfilter/nf_tables.h).
///
/// iptables-nft gives its chains such a counter, and `nft list` does not show it.
public struct ChainMessage: Sendable {
    public static let newChainType: UInt16 = 10 << 8 | 3  // NFNL_SUBSYS_NFTABLES
    public static let getChainType: UInt16 = 10 << 8 | 4

    /// The family as nft has it; empty of one that it has no name for.
    public let family: String
    public let table: String
    public let chain: String
    /// What came to its policy, and of a chain that others jump to, nothing.
    public let counters: Counters?

    /// - Returns: `nil` for any other message.
    public init?(_ message: borrowing NetlinkMessage) throws(WireFault) {
        guard message.type == Self.newChainType else { return nil }
        guard let family = message.body.uint8(at: 0), message.body.count >= 4 else { throw .familyHeader }
        var (table, chain) = ("", "")
        var counters: Counters?
        var cursor = NetlinkAttributes(message.body.slice(from: 4))
        while try cursor.next() {
            switch cursor.type {
            case 1: table = String(decoding: Array(copying: cursor.payload.text), as: UTF8.self)  // NFTA_CHAIN_TABLE
            case 3: chain = String(decoding: Array(copying: cursor.payload.text), as: UTF8.self)  // NFTA_CHAIN_NAME
            case 8: counters = try Self.counters(cursor.payload)  // NFTA_CHAIN_COUNTERS
            default: break
            }
        }
        self.family =
            switch family {
            case 1: "inet"
            case 2: "ip"
            case 3: "arp"
            case 5: "netdev"
            case 7: "bridge"
            case 10: "ip6"
            default: ""
            }
        (self.table, self.chain, self.counters) = (table, chain, counters)
    }

    private static func counters(_ bytes: ByteReader) throws(WireFault) -> Counters {
        var counters = Counters()
        var cursor = NetlinkAttributes(bytes)
        while try cursor.next() {
            switch cursor.type {
            case 1: counters.byteCount = try cursor.scalar(UInt64.self)  // NFTA_COUNTER_BYTES
            case 2: counters.packetCount = try cursor.scalar(UInt64.self)  // NFTA_COUNTER_PACKETS
            default: break
            }
        }
        return counters
    }
}
