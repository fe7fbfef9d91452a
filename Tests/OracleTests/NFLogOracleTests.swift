import CNetfilter
import FlowModel
import Testing
import Wire

/// The decoder against libnetfilter_log.
struct NFLogOracleTests {
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func decoderAndLibraryReadRandomMessagesAlike(seed: UInt64) throws {
        var messages = RandomNFLog(seed: seed)
        for number in 0..<1000 {
            let message = messages.next()
            guard let theirs = OraclePacket(message) else {
                Issue.record("the library does not read message \(number)")
                return
            }
            let sentences = try Self.disagreements(message.bytes, theirs)
            #expect(sentences.isEmpty, "message \(number)")
            if !sentences.isEmpty { return }
        }
    }

    private static func disagreements(_ datagram: [UInt8], _ theirs: OraclePacket) throws -> [String] {
        var result = Disagreement()
        var messages = NetlinkMessages(datagram.reader)
        guard let message = try messages.next(), let netfilter = try NetfilterMessage(message) else {
            return ["the decoder sees no message"]
        }
        compare(try NFLogMessage(attributes: netfilter.attributes), theirs, &result)
        return result.sentences
    }

    private static func compare(
        _ ours: borrowing NFLogMessage, _ theirs: OraclePacket, _ result: inout Disagreement
    ) {
        let header = theirs.bytes(NFULA_PACKET_HDR)
        result.expect("ethertype", UInt64(ours.etherType), theirs.number(header.prefix(2)))
        result.expect("hook", ours.hook, header.count > 2 ? header[2] : 0)
        result.expect("mark", ours.mark.map { UInt64($0) }, theirs.number(NFULA_MARK))
        result.expect("in", UInt64(ours.inInterface), theirs.number(NFULA_IFINDEX_INDEV) ?? 0)
        result.expect("out", UInt64(ours.outInterface), theirs.number(NFULA_IFINDEX_OUTDEV) ?? 0)
        result.expect("physical in", UInt64(ours.physicalInInterface), theirs.number(NFULA_IFINDEX_PHYSINDEV) ?? 0)
        result.expect("physical out", UInt64(ours.physicalOutInterface), theirs.number(NFULA_IFINDEX_PHYSOUTDEV) ?? 0)
        result.expect("user", ours.userID.map { UInt64($0) }, theirs.number(NFULA_UID))
        result.expect("group", ours.groupID.map { UInt64($0) }, theirs.number(NFULA_GID))
        result.expect("sequence", ours.sequence.map { UInt64($0) }, theirs.number(NFULA_SEQ))
        result.expect("global sequence", ours.globalSequence.map { UInt64($0) }, theirs.number(NFULA_SEQ_GLOBAL))
        result.expect("relation", ours.conntrackInfo.map { UInt64($0) }, theirs.number(NFULA_CT_INFO))
        result.expect("hardware type", ours.hardwareType.map { UInt64($0) }, theirs.number(NFULA_HWTYPE))
        result.expect("prefix", [UInt8](copying: ours.prefix), theirs.bytes(NFULA_PREFIX).dropLast())
        result.expect("payload", [UInt8](copying: ours.payload.span), theirs.bytes(NFULA_PAYLOAD))
        result.expect("link header", [UInt8](copying: ours.hardwareHeader), theirs.bytes(NFULA_HWHEADER))
        result.expect("conntrack", [UInt8](copying: ours.conntrack.span), theirs.bytes(NFULA_CT))
        let address = theirs.bytes(NFULA_HWADDR)
        let length = address.isEmpty ? 0 : Int(address[1])
        result.expect("address", [UInt8](copying: ours.hardwareAddress), Array(address.dropFirst(4).prefix(length)))
        let time = theirs.bytes(NFULA_TIMESTAMP)
        let nanoseconds = theirs.number(time.prefix(8)) &* 1_000_000_000 &+ theirs.number(time.suffix(8)) &* 1000
        result.expect("time", ours.time?.nanoseconds, time.isEmpty ? nil : Int64(nanoseconds))
    }
}
