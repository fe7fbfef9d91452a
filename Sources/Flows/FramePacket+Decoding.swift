import FlowModel
import Wire

extension FramePacket {
    /// Reads a frame's packet.
    ///
    /// TCP and UDP in whole packets are read here, by a few loads of their fixed places; all else as logged packets are
    /// (``IPPacket``), so that both have the same tuples.
    ///
    /// It is read where it will wait, as a copy costs as much as the reading. Of a frame that cannot be read parts are there.
    ///
    /// - Throws: ``WireFault/notIP`` where the frame carries no IP packet, ``WireFault/packetCut`` where one of ICMP does not even show
    ///   what it is, else what is wrong with it.
    @inline(__always)
    mutating func read(_ frame: borrowing Frame) throws(WireFault) {
        let link = try LinkHeader(frame)
        self = FramePacket(
            key: .empty, time: frame.facts.time, tap: Tap(interface: link.interface, direction: link.direction))
        if let tag = link.vlan { vlan = tag & 0xfff }
        let bytes = frame.bytes
        let room = max(frame.facts.originalLength, bytes.count) &- link.length
        guard let head = bytes.bigEndian(UInt64.self, at: link.length) else { throw .packetCut }
        let isRead =
            head >> 60 == 4 ? readIPv4(bytes, link.length, head, room) : readIPv6(bytes, link.length, head, room)
        if !isRead { try readOther(bytes.slice(from: link.length), frame.facts, room) }
        countWire(frame.facts, linkLength: link.wireLength, room)
    }

    /// - Parameters:
    ///   - start: where the IP packet begins.
    ///   - head: its first eight bytes.
    ///   - room: bytes from there to the frame's end.
    /// - Returns: `false`, and the lengths are not set, where the packet is none of those that are read here.
    @inline(__always)
    private mutating func readIPv4(_ bytes: ByteReader, _ start: Int, _ head: UInt64, _ room: Int) -> Bool {
        let headerLength = Int(head >> 56 & 0xf) &* 4
        let length = Int(head >> 32 & 0xffff)
        // The lower bits of the head: a fragment's offset, and whether more follow.
        guard headerLength >= 20, head & 0x3fff == 0, length <= room,
            let middle = bytes.bigEndian(UInt64.self, at: start &+ 8),
            let destination = bytes.bigEndian(UInt32.self, at: start &+ 16)
        else { return false }
        key.source = IPAddress(ipv4: UInt32(truncatingIfNeeded: middle))
        key.destination = IPAddress(ipv4: destination)
        key.family = .ipv4
        key.transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: middle >> 48))
        return readTransport(bytes, start &+ headerLength, headerLength: headerLength, length: length)
    }

    @inline(__always)
    private mutating func readIPv6(_ bytes: ByteReader, _ start: Int, _ head: UInt64, _ room: Int) -> Bool {
        let payloadLength = Int(head >> 16 & 0xffff)
        guard head >> 60 == 6, payloadLength > 0, payloadLength &+ 40 <= room,
            let sourceHigh = bytes.bigEndian(UInt64.self, at: start &+ 8),
            let sourceLow = bytes.bigEndian(UInt64.self, at: start &+ 16),
            let destinationHigh = bytes.bigEndian(UInt64.self, at: start &+ 24),
            let destinationLow = bytes.bigEndian(UInt64.self, at: start &+ 32)
        else { return false }
        key.source = IPAddress(high: sourceHigh, low: sourceLow)
        key.destination = IPAddress(high: destinationHigh, low: destinationLow)
        key.family = .ipv6
        key.transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: head >> 8))
        return readTransport(bytes, start &+ 40, headerLength: 40, length: payloadLength &+ 40)
    }

    @inline(__always)
    private mutating func readTransport(
        _ bytes: ByteReader, _ start: Int, headerLength: Int, length: Int
    ) -> Bool {
        guard let ports = bytes.bigEndian(UInt32.self, at: start) else { return false }
        let transportLength: Int
        switch key.transport {
        case .tcp:
            guard let word = bytes.bigEndian(UInt16.self, at: start &+ 12), length >= headerLength &+ 20 else {
                return false
            }
            marks = Marks(rawValue: word).intersection(.tcpFlags)
            transportLength = max(Int(word >> 12) &* 4, 20)
        case .udp where length >= headerLength &+ 8: transportLength = 8
        default: return false
        }
        key.sourcePort = UInt16(truncatingIfNeeded: ports >> 16)
        key.destinationPort = UInt16(truncatingIfNeeded: ports)
        byteCount = UInt32(truncatingIfNeeded: length)
        wholeByteCount = byteCount
        headerByteCount = UInt32(truncatingIfNeeded: min(headerLength &+ transportLength, length))
        return true
    }

    /// Reads any packet.
    ///
    /// - Parameters:
    ///   - bytes: from the IP header on.
    ///   - room: bytes from there to the frame's end, captured or not.
    private mutating func readOther(_ bytes: ByteReader, _ facts: FrameFacts, _ room: Int) throws(WireFault) {
        let claimed = Self.claimedLength(bytes)
        // What follows the packet, as Ethernet fills short frames, is none of it.
        let packet = try IPPacket(bytes.slice(from: 0, to: claimed ?? bytes.count))
        if let claimed, claimed < packet.transportOffset, claimed < room { throw .packetHeader }
        key = packet.key
        if packet.isCut {
            guard !key.transport.isICMP else { throw .packetCut }
            marks.formUnion([.portless, .lowerBound])
        }
        // Without a length in the header (BIG TCP, RFC 2675) it is the frame's.
        let length = min(claimed ?? room, room)
        if let claimed, claimed > room { marks.insert(.lowerBound) }
        byteCount = UInt32(clamping: length)
        var headerLength = packet.transportOffset
        if packet.isLaterFragment {
            marks.formUnion([.fragment, .laterFragment])
        } else {
            if packet.fragmentIdentification != nil { marks.insert(.fragment) }
            headerLength += transportLength(bytes, at: packet.transportOffset, packet)
        }
        headerByteCount = UInt32(clamping: min(headerLength, length))
        let removed = packet.isLaterFragment ? packet.transportOffset : packet.fragmentHeaderByteCount
        wholeByteCount = UInt32(clamping: max(length - removed, 0))
        fragment = packet.fragmentIdentification ?? 0
        if let flags = packet.tcpFlags { marks.formUnion(Marks(rawValue: UInt16(flags)).intersection(.tcpFlags)) }
        if packet.isICMPError {
            marks.insert(.error)
            tap.direction = tap.direction.opposite
            vlan = VLANs.unknown
        }
    }

    /// The packet's length as its header says; `nil` where that says none, or ends before it could.
    private static func claimedLength(_ bytes: ByteReader) -> Int? {
        guard let first = bytes.uint8(at: 0) else { return nil }
        switch first >> 4 {
        case 4: return bytes.bigEndian(UInt16.self, at: 2).flatMap { $0 == 0 ? nil : Int($0) }
        case 6:
            let isEmpty = bytes.uint8(at: 6) == 59  // no next header
            return bytes.bigEndian(UInt16.self, at: 4).flatMap { $0 == 0 && !isEmpty ? nil : Int($0) + 40 }
        default: return nil
        }
    }

    private func transportLength(_ bytes: ByteReader, at offset: Int, _ packet: IPPacket) -> Int {
        switch TransportProtocol(rawValue: packet.isICMPError ? 0 : packet.key.transport.rawValue) {
        case .tcp: max(Int((bytes.uint8(at: offset + 12) ?? 0) >> 4) * 4, 20)
        case .sctp, .dccp: 12
        case .gre: 4
        case .udp, .udpLite, .icmp, .icmpv6: 8
        default: 0
        }
    }

    /// Works out what the frame was on the wire.
    ///
    /// - Parameter linkLength: what was in front of the packet there; 0 where that is not known.
    @inline(__always)
    private mutating func countWire(_ facts: FrameFacts, linkLength: Int, _ room: Int) {
        let payload = UInt64(byteCount &- headerByteCount)
        let segment = UInt64(facts.segmentSize)
        let isPlain = key.transport == .tcp || key.transport == .udp
        if segment > 0, payload > segment, isPlain, !marks.contains(.error) {
            let count = (payload &+ segment &- 1) / segment
            let headers = UInt64(headerByteCount) &+ UInt64(truncatingIfNeeded: linkLength)
            wire = Counters(packetCount: count, byteCount: payload &+ count &* headers)
            marks.insert(.aggregate)
            return
        }
        // A frame may be longer than its packet, as Ethernet fills short ones.
        let length = linkLength > 0 ? UInt64(truncatingIfNeeded: room &+ linkLength) : UInt64(byteCount)
        wire = Counters(packetCount: 1, byteCount: length)
        if facts.isAggregate || segment > 0 {
            // In a tunnel each segment has the inner packet's headers, too, which nobody reads here.
            if payload > segment { marks.formUnion([.aggregate, .unsplit]) }
        } else if !facts.knowsAggregates, byteCount > Self.usualLength, marks.isDisjoint(with: .fragment),
            isPlain
        {
            marks.insert(.unsplit)
        }
    }

    /// The longest packet of most networks: what is longer in a savefile came over one of the others, or is an aggregate.
    private static var usualLength: UInt32 { 1500 }
}
