import FlowModel
import Wire

/// Reads conntrack messages with the decoder and with the library.
enum ConntrackComparison {
    /// What the two read differently in the conntrack messages of a datagram.
    ///
    /// - Throws: ``WireFault`` where the decoder refuses what the library may have read.
    static func disagreements(in datagram: [UInt8]) throws(WireFault) -> [String] {
        var sentences: [String] = []
        var messages = NetlinkMessages(datagram.reader)
        while let message = try messages.next() {
            guard let netfilter = try NetfilterMessage(message), netfilter.subsystem == .conntrack else { continue }
            // Of the requests and statistics, which have no tuple, the library would make an empty entry.
            guard netfilter.type == 0 || netfilter.type == 2 else { continue }
            var bytes: [UInt8] = []
            bytes.append(message.whole.bytes)
            guard let buffer = MessageBuffer(copying: bytes), let entry = OracleEntry(), entry.parse(buffer) else {
                sentences.append("the library does not read a message")
                continue
            }
            sentences += Disagreement(try ConntrackMessage(attributes: netfilter.attributes), entry).sentences
        }
        return sentences
    }
}
