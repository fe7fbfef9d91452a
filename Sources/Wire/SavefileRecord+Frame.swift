internal import FlowModel

extension SavefileRecord {
    /// Appends a frame, header and bytes, as other tools expect it: with the VLAN tag that the kernel took out, where it was.
    ///
    /// - Parameter cooked: behind a Linux cooked header (LINKTYPE_LINUX_SLL2), which names the interface, instead of its own link layer.
    public static func append(_ frame: borrowing Frame, cooked: Bool, to file: inout [UInt8]) {
        if cooked { return appendCooked(frame, to: &file) }
        let bytes = frame.bytes
        let tag = frame.facts.linkType == .ethernet && bytes.count >= 12 ? frame.facts.vlan : nil
        let added = tag == nil ? 0 : 4
        SavefileRecord(
            time: frame.facts.time, length: bytes.count + added,
            originalLength: max(bytes.count, frame.facts.originalLength) + added
        ).append(to: &file)
        guard let tag else { return file.append(bytes.bytes) }
        file.append(bytes.slice(from: 0, to: 12).bytes)
        file.appendBigEndian(frame.facts.vlanType)
        file.appendBigEndian(tag)
        file.append(bytes.slice(from: 12).bytes)
    }

    private static func appendCooked(_ frame: borrowing Frame, to file: inout [UInt8]) {
        let facts = frame.facts
        let isEthernet = facts.linkType == .ethernet
        let linkLength = isEthernet ? min(14, frame.bytes.count) : 0
        let payload = frame.bytes.slice(from: linkLength)
        let etherType = isEthernet ? frame.bytes.bigEndian(UInt16.self, at: 12) ?? 0 : etherType(ofIP: payload)
        let added = 20 + (facts.vlan == nil ? 0 : 4) - linkLength
        SavefileRecord(
            time: facts.time, length: frame.bytes.count + added,
            originalLength: max(frame.bytes.count, facts.originalLength) + added
        ).append(to: &file)
        file.appendBigEndian(facts.vlan == nil ? etherType : facts.vlanType)
        file.appendBigEndian(0 as UInt16)
        file.appendBigEndian(facts.interface)
        file.appendBigEndian(isEthernet ? 1 : 0xfffe as UInt16)  // ARPHRD_ETHER, ARPHRD_NONE
        file.append(packetType(of: frame))
        file.append(isEthernet ? 6 : 0)
        // The sender's address, where there is one.
        for offset in 6..<14 { file.append(isEthernet && offset < 12 ? frame.bytes.uint8(at: offset) ?? 0 : 0) }
        if let tag = facts.vlan {
            file.appendBigEndian(tag)
            file.appendBigEndian(etherType)
        }
        file.append(payload.bytes)
    }

    /// The Ethertype that a device without a link layer does not write.
    private static func etherType(ofIP packet: borrowing ByteReader) -> UInt16 {
        (packet.uint8(at: 0) ?? 0) >> 4 == 6 ? 0x86dd : 0x0800
    }

    /// As the kernel numbers it (`PACKET_HOST`, if_packet.h).
    private static func packetType(of frame: borrowing Frame) -> UInt8 {
        if frame.facts.direction == .egress { return 4 }
        if frame.facts.isForOtherHost { return 3 }
        guard frame.facts.linkType == .ethernet, let first = frame.bytes.uint8(at: 0), first & 1 != 0 else { return 0 }
        return (0..<6).allSatisfy { frame.bytes.uint8(at: $0) == 0xff } ? 1 : 2
    }
}
