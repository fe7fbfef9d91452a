import FlowModel

extension FlowKey {
    /// Fills the key from a tuple that looks as the kernel always writes one with ports; `false`, and nothing is changed,
    /// where it looks different.
    ///
    /// `ctnetlink_dump_tuples` (nf_conntrack_netlink.c) nests the addresses and then the protocol, in one order and without
    /// gaps. Where every attribute's header is the expected one, the values are loaded from their places; that is a fifth
    /// of what the walk over nine attributes costs (Tests/Benchmarks).
    @inline(__always)
    mutating func decode(laidOut tuple: ByteReader) -> Bool {
        switch tuple.count {
        case 48: decodeIPv4(tuple)
        case 72: decodeIPv6(tuple)
        default: false
        }
    }

    @inline(__always)
    private mutating func decodeIPv4(_ tuple: ByteReader) -> Bool {
        guard tuple.hasHeader(0x8001, length: 20, at: 0),  // CTA_TUPLE_IP, nested
            tuple.hasHeader(1, length: 8, at: 4), tuple.hasHeader(2, length: 8, at: 12),  // CTA_IP_V4_SRC, _DST
            hasTransport(tuple, at: 20),
            let source = tuple.bigEndian(UInt32.self, at: 8), let destination = tuple.bigEndian(UInt32.self, at: 16)
        else { return false }
        self.source = IPAddress(ipv4: source)
        self.destination = IPAddress(ipv4: destination)
        family = .ipv4
        return loadTransport(tuple, at: 20)
    }

    @inline(__always)
    private mutating func decodeIPv6(_ tuple: ByteReader) -> Bool {
        guard tuple.hasHeader(0x8001, length: 44, at: 0),
            tuple.hasHeader(3, length: 20, at: 4), tuple.hasHeader(4, length: 20, at: 24),  // CTA_IP_V6_SRC, _DST
            hasTransport(tuple, at: 44),
            let source = tuple.address(at: 8), let destination = tuple.address(at: 28)
        else { return false }
        self.source = source
        self.destination = destination
        family = .ipv6
        return loadTransport(tuple, at: 44)
    }

    /// Whether CTA_TUPLE_PROTO lies there, with CTA_PROTO_NUM and both ports.
    @inline(__always)
    private func hasTransport(_ tuple: ByteReader, at offset: Int) -> Bool {
        tuple.hasHeader(0x8002, length: 28, at: offset) && tuple.hasHeader(1, length: 5, at: offset + 4)
            && tuple.hasHeader(2, length: 6, at: offset + 12) && tuple.hasHeader(3, length: 6, at: offset + 20)
    }

    @inline(__always)
    private mutating func loadTransport(_ tuple: ByteReader, at offset: Int) -> Bool {
        guard let number = tuple.uint8(at: offset + 8),
            let sourcePort = tuple.bigEndian(UInt16.self, at: offset + 16),
            let destinationPort = tuple.bigEndian(UInt16.self, at: offset + 24)
        else { return false }
        transport = TransportProtocol(rawValue: number)
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        return true
    }
}

extension ByteReader {
    /// Whether an attribute's header (`struct nlattr`) lies at `offset`.
    @inline(__always)
    func hasHeader(_ type: UInt16, length: UInt16, at offset: Int) -> Bool {
        native(UInt16.self, at: offset) == length && native(UInt16.self, at: offset + 2) == type
    }

    /// The IPv6 address at `offset`.
    @inline(__always)
    fileprivate func address(at offset: Int) -> IPAddress? {
        guard let high = bigEndian(UInt64.self, at: offset), let low = bigEndian(UInt64.self, at: offset + 8) else {
            return nil
        }
        return IPAddress(high: high, low: low)
    }
}
