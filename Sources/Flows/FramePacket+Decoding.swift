import FlowModel
import Wire

extension FramePacket {
    /// Reads a frame's packet.
    ///
    /// TCP and UDP in whole packets are read here, by a few loads of their fixed places; all else as logged packets are
    /// (``IPPacket``), so that both have the same tuples.
    ///
    /// It is read where it will wait, as a copy costs as much as the reading. An older frame's packet is there: each way of reading sets all
    /// parts, save where the frame cannot be read.
    ///
    /// - Throws: ``WireFault/notIP`` where the frame carries no IP packet, ``WireFault/packetCut`` where one of ICMP does not even show
    ///   what it is, else what is wrong with it.
    @inline(__always)
    mutating func read(_ bytes: ByteReader, _ facts: borrowing FrameFacts) throws(WireFault) {
        let link = try LinkHeader(bytes, facts)
        time = facts.time
        tap = Tap(interface: link.interface, direction: link.direction)
        vlan = (link.vlan ?? 0) & 0xfff
        let room = max(facts.originalLength, bytes.count) &- link.length
        guard let packet = bytes.rest(from: link.length) else { throw .packetCut }
        // No header with ports is shorter: that one comparison stands for those of the loads.
        if packet.count >= 24, let head = packet.bigEndian(UInt64.self, at: 0),
            head >> 60 == 4 ? readIPv4(packet, head, room) : readIPv6(packet, head, room)
        {
            countWire(facts, linkLength: link.wireLength, room)
        } else {
            try readOther(packet, room)
            countWire(facts, linkLength: link.wireLength, room)
        }
    }

    /// - Parameters:
    ///   - bytes: from the IP header on.
    ///   - head: the first eight of them.
    ///   - room: bytes from there to the frame's end.
    /// - Returns: `false`, and the lengths are not set, where the packet is none of those that are read here.
    @inline(__always)
    private mutating func readIPv4(_ bytes: ByteReader, _ head: UInt64, _ room: Int) -> Bool {
        let headerLength = Int(head >> 56 & 0xf) &* 4
        let length = Int(head >> 32 & 0xffff)
        // The lower bits of the head: a fragment's offset, and whether more follow.
        guard headerLength >= 20, head & 0x3fff == 0, length <= room,
            let middle = bytes.bigEndian(UInt64.self, at: 8), let destination = bytes.bigEndian(UInt32.self, at: 16)
        else { return false }
        key.source = IPAddress(ipv4: UInt32(truncatingIfNeeded: middle))
        key.destination = IPAddress(ipv4: destination)
        key.family = .ipv4
        key.transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: middle >> 48))
        return readTransport(bytes, headerLength, length: length)
    }

    @inline(__always)
    private mutating func readIPv6(_ bytes: ByteReader, _ head: UInt64, _ room: Int) -> Bool {
        let payloadLength = Int(head >> 16 & 0xffff)
        guard head >> 60 == 6, payloadLength > 0, payloadLength &+ 40 <= room, bytes.count >= 44,
            let sourceHigh = bytes.bigEndian(UInt64.self, at: 8), let sourceLow = bytes.bigEndian(UInt64.self, at: 16),
            let destinationHigh = bytes.bigEndian(UInt64.self, at: 24),
            let destinationLow = bytes.bigEndian(UInt64.self, at: 32)
        else { return false }
        key.source = IPAddress(high: sourceHigh, low: sourceLow)
        key.destination = IPAddress(high: destinationHigh, low: destinationLow)
        key.family = .ipv6
        key.transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: head >> 8))
        return readTransport(bytes, 40, length: payloadLength &+ 40)
    }

    @inline(__always)
    private mutating func readTransport(_ bytes: ByteReader, _ headerLength: Int, length: Int) -> Bool {
        guard let ports = bytes.bigEndian(UInt32.self, at: headerLength) else { return false }
        let transportLength: Int
        switch key.transport {
        case .tcp:
            guard let word = bytes.bigEndian(UInt16.self, at: headerLength &+ 12), length >= headerLength &+ 20 else {
                return false
            }
            marks = Marks(rawValue: word).intersection(.tcpFlags).union(.transport)
            transportLength = max(Int(word >> 12) &* 4, 20)
        case .udp where length >= headerLength &+ 8:
            marks = .transport
            transportLength = 8
        default: return false
        }
        key.sourcePort = UInt16(truncatingIfNeeded: ports >> 16)
        key.destinationPort = UInt16(truncatingIfNeeded: ports)
        key.zone = 0
        fragment = 0
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
    @inline(never)
    private mutating func readOther(_ bytes: ByteReader, _ room: Int) throws(WireFault) {
        guard bytes.count >= 8 else { throw .packetCut }
        let claimed = Self.claimedLength(bytes)
        marks = []
        // What follows the packet, as Ethernet fills short frames, is none of it.
        let packet = try IPPacket(bytes.slice(from: 0, to: claimed ?? bytes.count))
        if let claimed, claimed < packet.transportOffset, claimed < room { throw .packetHeader }
        key = packet.key
        if key.transport == .tcp || key.transport == .udp { marks.insert(.transport) }
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
    private mutating func countWire(_ facts: borrowing FrameFacts, linkLength: Int, _ room: Int) {
        // A frame may be longer than its packet, as Ethernet fills short ones.
        let length = linkLength > 0 ? UInt64(truncatingIfNeeded: room &+ linkLength) : UInt64(byteCount)
        wire = Counters(packetCount: 1, byteCount: length)
        let segment = UInt64(facts.segmentSize)
        if facts.isAggregate || segment > 0 {
            countSegments(of: segment, linkLength: linkLength)
        } else if !facts.knowsAggregates, byteCount > Self.usualLength,
            marks.intersection([.transport, .fragment]) == .transport
        {
            marks.insert(.unsplit)
        }
    }

    /// The same of what may be an aggregate.
    ///
    /// - Parameter segment: bytes of payload in each segment; 0 where that is not known.
    @inline(never)
    private mutating func countSegments(of segment: UInt64, linkLength: Int) {
        let payload = UInt64(byteCount &- headerByteCount)
        guard payload > segment else { return }
        // In a tunnel each segment has the inner packet's headers, too, which nobody reads here.
        guard segment > 0, marks.intersection([.transport, .error]) == .transport else {
            return marks.formUnion([.aggregate, .unsplit])
        }
        let count = (payload &+ segment &- 1) / segment
        let headers = UInt64(headerByteCount) &+ UInt64(truncatingIfNeeded: linkLength)
        wire = Counters(packetCount: count, byteCount: payload &+ count &* headers)
        marks.insert(.aggregate)
    }

    /// The longest packet of most networks: what is longer in a savefile came over one of the others, or is an aggregate.
    private static var usualLength: UInt32 { 1500 }
}
