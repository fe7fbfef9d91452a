public import FlowModel
internal import Wire

/// Whether a capture's filter would show packets of a session, asked with packets made of the session's tuples.
///
/// A filter may ask for what a tuple does not tell: flags, lengths, hosts of the link layer. Then it picks packets and not sessions,
/// which ``doubt`` says.
public struct TupleFilter: Sendable {
    private let filter: CaptureFilter?
    /// What is to be said of the filter; `nil` where it picks sessions.
    public let doubt: String?

    /// - Throws: where the expression means nothing.
    public init(_ expression: String) throws(IngestError) {
        do throws(IngestError) {
            let filter = try CaptureFilter(expression, linkType: .ethernet)
            self.filter = filter
            doubt =
                Self.picksPackets(filter)
                ? "the filter picks packets, not sessions: what it leaves out of a session counts as a difference" : nil
        } catch {
            // It may mean something on other link layers, which the capture itself judges.
            filter = nil
            doubt = "sessions of which nothing was captured are not compared: the filter can be asked of packets only"
        }
    }

    /// Whether packets with this tuple are among those that the filter admits; `nil` where it cannot be asked.
    public func admits(_ key: FlowKey) -> Bool? {
        guard let filter else { return nil }
        // Where all packets of a tuple have the same answer, one of them tells it.
        let variants = doubt == nil ? TupleFrame.variants.prefix(1) : TupleFrame.variants[...]
        return variants.contains { filter.admits(key, $0) }
    }

    /// Whether of one tuple some packets are admitted and others are not.
    private static func picksPackets(_ filter: CaptureFilter) -> Bool {
        let samples = [IPAddress(ipv4: 0x0a00_0001), IPAddress(ipv4: 0xc000_0201)]
        let key = FlowKey(
            source: samples[0], destination: samples[1], sourcePort: 40_000, destinationPort: 443, transport: .tcp,
            family: .ipv4)
        return Set(TupleFrame.variants.map { filter.admits(key, $0) }).count > 1
    }
}

extension CaptureFilter {
    fileprivate func admits(_ key: FlowKey, _ variant: TupleFrame.Variant) -> Bool {
        let bytes = TupleFrame.bytes(of: key, variant)
        let facts = FrameFacts(
            time: Timestamp(nanoseconds: 0), originalLength: bytes.count, linkType: .ethernet)
        return admits(Frame(bytes.reader, facts))
    }
}

/// Ethernet frames made of tuples: headers, and zeros for what a tuple does not say.
enum TupleFrame {
    /// What differs among the packets of a session.
    struct Variant {
        var flags: UInt8
        var payload: Int
    }

    /// A SYN, an acknowledgement, data, an end.
    static let variants = [
        Variant(flags: 0x02, payload: 0), Variant(flags: 0x10, payload: 0), Variant(flags: 0x18, payload: 1400),
        Variant(flags: 0x11, payload: 0), Variant(flags: 0x04, payload: 0),
    ]

    static func bytes(of key: FlowKey, _ variant: Variant) -> [UInt8] {
        var transport: [UInt8] = []
        if key.transport.isICMP {
            transport = [key.icmpType, key.icmpCode, 0, 0] + big(key.icmpIdentifier) + [0, 1]
        } else if key.transport == .tcp {
            transport = big(key.sourcePort) + big(key.destinationPort)
            transport += [UInt8](repeating: 0, count: 8) + [0x50, variant.flags] + [UInt8](repeating: 0, count: 6)
        } else {
            transport = big(key.sourcePort) + big(key.destinationPort) + big(UInt16(8 + variant.payload)) + [0, 0]
        }
        transport += [UInt8](repeating: 0, count: variant.payload)
        var bytes = [UInt8](repeating: 0, count: 12)
        switch key.family {
        case .ipv4:
            bytes += [0x08, 0x00, 0x45, 0] + big(UInt16(20 + transport.count)) + [0, 0, 0x40, 0, 64]
            bytes += [key.transport.rawValue, 0, 0] + big(key.source.ipv4Bits) + big(key.destination.ipv4Bits)
        case .ipv6:
            bytes += [0x86, 0xdd, 0x60, 0, 0, 0] + big(UInt16(transport.count)) + [key.transport.rawValue, 64]
            bytes += big(key.source.high) + big(key.source.low) + big(key.destination.high) + big(key.destination.low)
        }
        return bytes + transport
    }

    private static func big(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
