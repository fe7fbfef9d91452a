import FlowModel
import Testing
import Wire

/// An attribute that ctnetlink sends, and how to tell that it was read.
struct ConntrackAttribute: Sendable, CustomTestStringConvertible {
    var name: String
    var fill: @Sendable (inout [UInt8]) -> Void
    var isRead: @Sendable (DecodedConntrack) -> Bool

    var testDescription: String { name }

    init(
        _ name: String, _ fill: @escaping @Sendable (inout [UInt8]) -> Void,
        _ isRead: @escaping @Sendable (DecodedConntrack) -> Bool
    ) {
        self.name = name
        self.fill = fill
        self.isRead = isRead
    }

    static let all: [ConntrackAttribute] = entry + accounting + transport + rare

    static let entry = [
        ConntrackAttribute("CTA_TUPLE_REPLY", { $0.addTuple(2, .webReply) }, { $0.entry.reply == .webReply }),
        ConntrackAttribute("CTA_STATUS", { $0.addAttribute(3, number: 0x18e as UInt32) }) {
            $0.entry.status == [.seenReply, .assured, .confirmed, ConntrackStatus(rawValue: 0x180)]
        },
        ConntrackAttribute("CTA_HELP_NAME", { $0.addNest(5) { $0.addAttribute(1, [UInt8](text: "sip-5060")) } }) {
            $0.helper == "sip-5060"
        },
        ConntrackAttribute("CTA_TIMEOUT", { $0.addAttribute(7, number: 431_999 as UInt32) }) {
            $0.entry.timeout == 431_999
        },
        ConntrackAttribute("CTA_MARK", { $0.addAttribute(8, number: 0x8000_0001 as UInt32) }) {
            $0.entry.mark == 0x8000_0001
        },
        ConntrackAttribute("CTA_MARK of 0, which is known", { $0.addAttribute(8, number: 0 as UInt32) }) {
            $0.entry.mark == 0
        },
        ConntrackAttribute("CTA_ID", { $0.addAttribute(12, number: 0xffff_fffe as UInt32) }) {
            $0.entry.id == 0xffff_fffe
        },
        ConntrackAttribute("CTA_TUPLE_MASTER", { $0.addTuple(14, .names) }, { $0.master == .names }),
        ConntrackAttribute("CTA_ZONE", { $0.addAttribute(18, number: 7 as UInt16) }) {
            $0.entry.original.zone == 7 && $0.entry.reply.zone == 7
        },
        ConntrackAttribute("CTA_TUPLE_ZONE of the reply alone", { $0.addTuple(2, .webReply, zone: 5) }) {
            $0.entry.original.zone == 0 && $0.entry.reply.zone == 5
        },
        ConntrackAttribute("CTA_LABELS", { $0.addAttribute(22, [1] + [UInt8](repeating: 0, count: 14) + [0x80]) }) {
            $0.labels == ConnectionLabels(low: 1, high: 1 << 63)
        },
    ]

    static let accounting = [
        ConntrackAttribute("CTA_COUNTERS_ORIG", { $0.addCounters(9, packets: 1 << 40, bytes: .max) }) {
            $0.entry.originalCounters == Counters(packetCount: 1 << 40, byteCount: .max)
        },
        ConntrackAttribute("CTA_COUNTERS_REPLY", { $0.addCounters(10, packets: 2, bytes: 3) }) {
            $0.entry.replyCounters == Counters(packetCount: 2, byteCount: 3) && $0.entry.originalCounters == nil
        },
        ConntrackAttribute(
            "CTA_COUNTERS32 of old kernels",
            {
                $0.addNest(9) {
                    $0.addAttribute(3, number: 2 as UInt32)
                    $0.addAttribute(4, number: 3 as UInt32)
                }
            }, { $0.entry.originalCounters == Counters(packetCount: 2, byteCount: 3) }),
        ConntrackAttribute(
            "CTA_TIMESTAMP",
            {
                $0.addNest(20) {
                    $0.addAttribute(1, number: 5 as UInt64)
                    $0.addAttribute(2, number: UInt64.max)
                }
            },
            {
                $0.entry.start == Timestamp(nanoseconds: 5) && $0.entry.stop == Timestamp(nanoseconds: .max)
            }),
        ConntrackAttribute("CTA_TIMESTAMP_EVENT", { $0.addAttribute(27, number: 6 as UInt64) }) {
            $0.entry.eventTime == Timestamp(nanoseconds: 6)
        },
    ]

    static let transport = [
        ConntrackAttribute("CTA_PROTOINFO_TCP", { $0.addTCP(state: 3) }) {
            $0.entry.tcpState?.keyword == "ESTABLISHED" && $0.tcp?.originalWindowScale == 7
                && $0.tcp?.replyWindowScale == 8 && $0.tcp?.originalFlags == 0x0b && $0.tcp?.replyFlags == 0x23
        },
        ConntrackAttribute(
            "CTA_PROTOINFO_DCCP",
            {
                $0.addNest(4) {
                    $0.addNest(2) {
                        $0.addAttribute(1, number: 4 as UInt8)
                        $0.addAttribute(2, number: 1 as UInt8)
                        $0.addAttribute(3, number: 1 << 47 as UInt64)
                    }
                }
            },
            {
                if case .dccp(state: 4, role: 1, handshakeSequence: 0x8000_0000_0000)? = $0.protocolState {
                    return true
                }
                return false
            }),
        ConntrackAttribute(
            "CTA_PROTOINFO_SCTP",
            {
                $0.addNest(4) {
                    $0.addNest(3) {
                        $0.addAttribute(1, number: 4 as UInt8)
                        $0.addAttribute(2, number: 0x0102_0304 as UInt32)
                        $0.addAttribute(3, number: 0x0506_0708 as UInt32)
                    }
                }
            },
            {
                if case .sctp(state: 4, originalTag: 0x0102_0304, replyTag: 0x0506_0708)? = $0.protocolState {
                    return true
                }
                return false
            }),
        ConntrackAttribute("CTA_PROTOINFO of a protocol to come", { $0.addNest(4) { $0.addNest(99) { _ in } } }) {
            $0.protocolState == nil && $0.entry.tcpState == nil
        },
    ]

    static let rare = [
        ConntrackAttribute("CTA_USE", { $0.addAttribute(11, number: 2 as UInt32) }, { $0.useCount == 2 }),
        ConntrackAttribute("CTA_SECCTX_NAME", { $0.addNest(19) { $0.addAttribute(1, [UInt8](text: "s0")) } }) {
            $0.securityContext == "s0"
        },
        ConntrackAttribute("CTA_SEQ_ADJ_ORIG", { $0.addNest(15, threeNumbers) }) {
            $0.originalSequenceAdjustment?.position == 11 && $0.originalSequenceAdjustment?.offsetBefore == 22
                && $0.originalSequenceAdjustment?.offsetAfter == 33 && $0.replySequenceAdjustment == nil
        },
        ConntrackAttribute("CTA_SEQ_ADJ_REPLY", { $0.addNest(16, threeNumbers) }) {
            $0.replySequenceAdjustment?.position == 11 && $0.originalSequenceAdjustment == nil
        },
        ConntrackAttribute("CTA_SYNPROXY", { $0.addNest(24, threeNumbers) }) {
            $0.synproxy?.initialSequence == 11 && $0.synproxy?.initialTimestamp == 22
                && $0.synproxy?.timestampOffset == 33
        },
    ]

    @Sendable
    private static func threeNumbers(_ nest: inout [UInt8]) {
        nest.addAttribute(1, number: 11 as UInt32)
        nest.addAttribute(2, number: 22 as UInt32)
        nest.addAttribute(3, number: 33 as UInt32)
    }
}
