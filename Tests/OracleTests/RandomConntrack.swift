import CNetfilter
import FlowModel
import Wire

/// Builds conntrack messages of every kind: with the library whatever it can build, the rest with libmnl.
struct RandomConntrack {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// The next message; `nil` where the library refuses to build it.
    mutating func next() -> MessageBuffer? {
        guard let entry = OracleEntry() else { return nil }
        let family: AddressFamily = chance(0.5) ? .ipv4 : .ipv6
        let transport = pick(Self.transports[family] ?? [])
        setTuples(entry, family, transport)
        setFacts(entry, family)
        setProtocolState(entry, transport)
        let type = UInt16(NFNL_SUBSYS_CTNETLINK) << 8
        let message = MessageBuffer(type: type, flags: pick([0, 0x600, 2]), family: family.rawValue)
        guard entry.build(into: message) else { return nil }
        appendAccounting(message)
        appendRare(message)
        return message
    }

    private static let transports: [AddressFamily: [TransportProtocol]] = [
        .ipv4: [.tcp, .udp, .icmp, .sctp, .dccp, .gre, .udpLite, TransportProtocol(rawValue: 50)],
        .ipv6: [.tcp, .udp, .icmpv6, .sctp, .dccp, .gre, .udpLite, TransportProtocol(rawValue: 50)],
    ]

    // MARK: Chance

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }

    private mutating func any<Number: FixedWidthInteger>() -> Number {
        Number.random(in: .min ... .max, using: &generator)
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &generator)]
    }

    private mutating func address(_ family: AddressFamily) -> IPAddress {
        family == .ipv4 ? IPAddress(ipv4: any()) : IPAddress(high: any(), low: any())
    }

    // MARK: What the library builds

    private mutating func setTuples(
        _ entry: borrowing OracleEntry, _ family: AddressFamily, _ transport: TransportProtocol
    ) {
        let isIPv4 = family == .ipv4
        var ends = (address(family), address(family))
        var ports = (any() as UInt16, any() as UInt16)
        entry.set(ATTR_ORIG_L3PROTO, family.rawValue)
        entry.set(ATTR_ORIG_L4PROTO, transport.rawValue)
        entry.set(isIPv4 ? ATTR_ORIG_IPV4_SRC : ATTR_ORIG_IPV6_SRC, ends.0, family)
        entry.set(isIPv4 ? ATTR_ORIG_IPV4_DST : ATTR_ORIG_IPV6_DST, ends.1, family)
        entry.set(ATTR_REPL_L3PROTO, family.rawValue)
        entry.set(ATTR_REPL_L4PROTO, transport.rawValue)
        if chance(0.3) { (ends.0, ports.0) = (address(family), any()) }  // source translation
        if chance(0.3) { (ends.1, ports.1) = (address(family), any()) }  // destination translation
        entry.set(isIPv4 ? ATTR_REPL_IPV4_SRC : ATTR_REPL_IPV6_SRC, ends.1, family)
        entry.set(isIPv4 ? ATTR_REPL_IPV4_DST : ATTR_REPL_IPV6_DST, ends.0, family)
        if transport.isICMP {
            entry.set(ATTR_ICMP_ID, big: any())
            entry.set(ATTR_ICMP_TYPE, pick(isIPv4 ? [8, 0, 13, 17] : [128, 129] as [UInt8]))
            entry.set(ATTR_ICMP_CODE, any() as UInt8)
        } else {
            entry.set(ATTR_ORIG_PORT_SRC, big: any())
            entry.set(ATTR_ORIG_PORT_DST, big: any())
            entry.set(ATTR_REPL_PORT_SRC, big: ports.1)
            entry.set(ATTR_REPL_PORT_DST, big: ports.0)
        }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: entry.set(ATTR_ZONE, UInt16.random(in: 1 ... .max, using: &generator))
        case 1: entry.set(ATTR_ORIG_ZONE, UInt16.random(in: 1 ... .max, using: &generator))
        case 2: entry.set(ATTR_REPL_ZONE, UInt16.random(in: 1 ... .max, using: &generator))
        default: break
        }
    }

    private mutating func setFacts(_ entry: borrowing OracleEntry, _ family: AddressFamily) {
        if chance(0.8) { entry.set(ATTR_STATUS, any() as UInt32) }
        if chance(0.8) { entry.set(ATTR_TIMEOUT, any() as UInt32) }
        if chance(0.5) { entry.set(ATTR_MARK, any() as UInt32) }
        if chance(0.3) { entry.set(ATTR_HELPER_NAME, pick(["ftp", "sip-5060", "h323", "a-name-of-fifteen"])) }
        if chance(0.3) { entry.set(labels: ConnectionLabels(low: any(), high: any())) }
        if chance(0.2) {
            let isIPv4 = family == .ipv4
            entry.set(ATTR_MASTER_L3PROTO, family.rawValue)
            entry.set(ATTR_MASTER_L4PROTO, TransportProtocol.tcp.rawValue)
            entry.set(isIPv4 ? ATTR_MASTER_IPV4_SRC : ATTR_MASTER_IPV6_SRC, address(family), family)
            entry.set(isIPv4 ? ATTR_MASTER_IPV4_DST : ATTR_MASTER_IPV6_DST, address(family), family)
            entry.set(ATTR_MASTER_PORT_SRC, big: any())
            entry.set(ATTR_MASTER_PORT_DST, big: any())
        }
        if chance(0.1) {
            for attribute in [ATTR_SYNPROXY_ISN, ATTR_SYNPROXY_ITS, ATTR_SYNPROXY_TSOFF] {
                entry.set(attribute, any() as UInt32)
            }
        }
    }

    private mutating func setProtocolState(_ entry: borrowing OracleEntry, _ transport: TransportProtocol) {
        guard chance(0.8) else { return }
        switch transport {
        case .tcp:
            entry.set(ATTR_TCP_STATE, UInt8.random(in: 0...9, using: &generator))
            if chance(0.5) {
                entry.set(ATTR_TCP_WSCALE_ORIG, any() as UInt8)
                entry.set(ATTR_TCP_WSCALE_REPL, any() as UInt8)
                for attribute in [ATTR_TCP_FLAGS_ORIG, ATTR_TCP_MASK_ORIG, ATTR_TCP_FLAGS_REPL, ATTR_TCP_MASK_REPL] {
                    entry.set(attribute, any() as UInt8)
                }
            }
        case .sctp:
            entry.set(ATTR_SCTP_STATE, any() as UInt8)
            entry.set(ATTR_SCTP_VTAG_ORIG, any() as UInt32)
            entry.set(ATTR_SCTP_VTAG_REPL, any() as UInt32)
        case .dccp:
            entry.set(ATTR_DCCP_STATE, any() as UInt8)
            entry.set(ATTR_DCCP_ROLE, UInt8.random(in: 0...1, using: &generator))
            entry.set(ATTR_DCCP_HANDSHAKE_SEQ, any() as UInt64)
        default: break
        }
    }

    // MARK: What only kernels build

    private mutating func appendAccounting(_ message: borrowing MessageBuffer) {
        for type in [CTA_COUNTERS_ORIG, CTA_COUNTERS_REPLY] where chance(0.6) {
            let isWide = chance(0.8)
            let (packets, bytes) = (any() as UInt64, any() as UInt64)
            message.nest(type.rawValue) {
                if isWide {
                    message.put(CTA_COUNTERS_PACKETS.rawValue, packets)
                    message.put(CTA_COUNTERS_BYTES.rawValue, bytes)
                } else {
                    message.put(CTA_COUNTERS32_PACKETS.rawValue, UInt32(truncatingIfNeeded: packets))
                    message.put(CTA_COUNTERS32_BYTES.rawValue, UInt32(truncatingIfNeeded: bytes))
                }
            }
        }
        if chance(0.5) {
            let times: (UInt64, UInt64?) = (any(), chance(0.5) ? any() : nil)
            message.nest(CTA_TIMESTAMP.rawValue) {
                message.put(CTA_TIMESTAMP_START.rawValue, times.0)
                if let stop = times.1 { message.put(CTA_TIMESTAMP_STOP.rawValue, stop) }
            }
        }
    }

    private mutating func appendRare(_ message: borrowing MessageBuffer) {
        if chance(0.9) { message.put(CTA_ID.rawValue, any() as UInt32) }
        if chance(0.5) { message.put(CTA_USE.rawValue, any() as UInt32) }
        if chance(0.2) {
            let name = pick(["system_u:object_r:unlabeled_t:s0", "s0", "unconfined"])
            message.nest(CTA_SECCTX.rawValue) { message.put(CTA_SECCTX_NAME.rawValue, Array(name.utf8) + [0]) }
        }
        for type in [CTA_SEQ_ADJ_ORIG, CTA_SEQ_ADJ_REPLY] where chance(0.2) {
            let numbers: [UInt32] = [any(), any(), any()]
            message.nest(type.rawValue) {
                for (field, number) in numbers.enumerated() { message.put(field + 1, number) }
            }
        }
        if chance(0.2) { message.put(200, any() as UInt64) }  // of a kernel to come
    }
}
