internal import FlowModel

extension SavefileRecord {
    /// Bytes of a frame's record, header included, as ``append(_:cooked:snapLength:to:)`` writes it.
    public static func length(of frame: borrowing Frame, cooked: Bool, snapLength: UInt32) -> Int {
        size + min(frame.bytes.count + addedLength(to: frame, cooked: cooked), Int(snapLength))
    }

    /// Appends a frame, header and bytes, as other tools expect it: with the VLAN tag that the kernel took out, where it was.
    ///
    /// - Parameters:
    ///   - cooked: behind a Linux cooked header (LINKTYPE_LINUX_SLL2), which has the interface's number, instead of its own link layer.
    ///   - snapLength: the most bytes that the file's header promises for a record.
    public static func append(
        _ frame: borrowing Frame, cooked: Bool, snapLength: UInt32, to file: inout [UInt8]
    ) {
        let record = SavefileRecord(frame, cooked: cooked, snapLength: snapLength)
        record.append(to: &file)
        record.appendBytes(of: frame, cooked: cooked, to: &file)
    }

    /// What is told of a frame in front of its bytes.
    init(_ frame: borrowing Frame, cooked: Bool, snapLength: UInt32) {
        let added = Self.addedLength(to: frame, cooked: cooked)
        self.init(
            time: frame.facts.time, length: min(frame.bytes.count + added, Int(snapLength)),
            originalLength: max(frame.bytes.count, frame.facts.originalLength) + added)
    }

    /// Appends the frame's bytes, as many as the record says.
    func appendBytes(of frame: borrowing Frame, cooked: Bool, to file: inout [UInt8]) {
        let end = file.count + capturedLength
        if cooked { Self.appendCooked(frame, to: &file) } else { Self.appendPlain(frame, to: &file) }
        if file.count > end { file.removeLast(file.count - end) }
    }

    /// Bytes that a record has besides the frame's own, less those that it leaves out.
    private static func addedLength(to frame: borrowing Frame, cooked: Bool) -> Int {
        let tag = hasTag(frame, cooked) ? 4 : 0
        return cooked ? 20 - linkLength(of: frame) + tag : tag
    }

    private static func hasTag(_ frame: borrowing Frame, _ isCooked: Bool) -> Bool {
        frame.facts.vlan != nil && (isCooked || frame.facts.linkType == .ethernet && frame.bytes.count >= 12)
    }

    private static func linkLength(of frame: borrowing Frame) -> Int {
        frame.facts.linkType == .ethernet ? min(14, frame.bytes.count) : 0
    }

    private static func appendPlain(_ frame: borrowing Frame, to file: inout [UInt8]) {
        guard let tag = frame.facts.vlan, hasTag(frame, false) else { return file.append(frame.bytes.bytes) }
        file.append(frame.bytes.slice(from: 0, to: 12).bytes)
        file.appendBigEndian(frame.facts.vlanType)
        file.appendBigEndian(tag)
        file.append(frame.bytes.slice(from: 12).bytes)
    }

    /// `protocol, reserved (2), interface (4), ARPHRD_ type, packet type (1), address length (1), address (8)`
    /// (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2).
    private static func appendCooked(_ frame: borrowing Frame, to file: inout [UInt8]) {
        let facts = frame.facts
        let isEthernet = facts.linkType == .ethernet
        let etherType = etherType(of: frame)
        file.appendBigEndian(facts.vlan == nil ? etherType : facts.vlanType)
        file.appendBigEndian(0 as UInt16)
        file.appendBigEndian(facts.interface)
        file.appendBigEndian(hardware(of: frame))
        file.append(frame.packetType.rawValue)
        file.append(isEthernet ? 6 : 0)
        // The sender's address, where there is one.
        for offset in 6..<14 { file.append(isEthernet && offset < 12 ? frame.bytes.uint8(at: offset) ?? 0 : 0) }
        if let tag = facts.vlan {
            file.appendBigEndian(tag)
            file.appendBigEndian(etherType)
        }
        file.append(frame.bytes.slice(from: linkLength(of: frame)).bytes)
    }

    /// What follows the header. The length of an 802.3 frame is none: cooked headers say 4 then (LINUX_SLL_P_802_2).
    private static func etherType(of frame: borrowing Frame) -> UInt16 {
        if frame.facts.linkType == .ethernet {
            let type = frame.bytes.bigEndian(UInt16.self, at: 12) ?? 0
            return type < 0x0600 ? 4 : type
        }
        if frame.facts.etherType != 0 { return frame.facts.etherType }
        return (frame.bytes.uint8(at: 0) ?? 0) >> 4 == 6 ? 0x86dd : 0x0800
    }

    /// `ARPHRD_ETHER`, `ARPHRD_NONE`, and of a frame without addresses `ARPHRD_LOOPBACK` (if_arp.h).
    private static func hardware(of frame: borrowing Frame) -> UInt16 {
        guard frame.facts.linkType == .ethernet else { return 0xfffe }
        return (0..<12).allSatisfy { frame.bytes.uint8(at: $0) == 0 } ? 772 : 1
    }
}
