/// NFLOG messages as kernels send them; the numbers are those of linux/netfilter/nfnetlink_log.h.
struct NFLogSample: Sendable {
    var name: String
    var attributes: [UInt8]

    /// A whole netlink message.
    var bytes: [UInt8] { .netfilterMessage(subsystem: 4, type: 0, resource: 100, attributes: attributes) }

    init(_ name: String, _ fill: (inout [UInt8]) -> Void) {
        self.name = name
        attributes = []
        fill(&attributes)
    }

    static let output = NFLogSample("a dropped packet at OUTPUT, with its owner") {
        $0.addAttribute(1, [0x08, 0x00, 3, 0])
        $0.addAttribute(10, [UInt8](text: "drop:ssh-out"))
        $0.addAttribute(5, number: 3 as UInt32)
        $0.addAttribute(11, number: 1000 as UInt32)
        $0.addAttribute(14, number: 1001 as UInt32)
        $0.addAttribute(12, number: 0 as UInt32)
        $0.addAttribute(9, .ipv4(6, .tcp(51514, 22, flags: 2)))
    }

    static let everything = NFLogSample("a bridged, tagged packet with its conntrack entry") {
        $0.addAttribute(1, [0x86, 0xdd, 2, 0])
        $0.addAttribute(10, [UInt8](text: "accept:lan-out"))
        $0.addAttribute(2, number: 0x8000_002a as UInt32)
        $0.addAttribute(3, [UInt8](big: 1_767_607_872 as UInt64) + [UInt8](big: 131_415 as UInt64))
        $0.addAttribute(4, number: 2 as UInt32)
        $0.addAttribute(5, number: 3 as UInt32)
        $0.addAttribute(6, number: 4 as UInt32)
        $0.addAttribute(7, number: 5 as UInt32)
        $0.addAttribute(8, [0, 6, 0, 0, 0x02, 0, 0, 0, 0, 0x07, 0, 0])
        $0.addAttribute(15, number: 1 as UInt16)
        $0.addAttribute(17, number: 14 as UInt16)
        $0.addAttribute(16, [UInt8](0..<14))
        $0.addAttribute(12, number: 41 as UInt32)
        $0.addAttribute(13, number: 1042 as UInt32)
        $0.addNest(18) { $0 += ConntrackSample.ping6.attributes }
        $0.addAttribute(19, number: 2 as UInt32)
        $0.addNest(20) {
            $0.addAttribute(1, number: 0x8100 as UInt16)
            $0.addAttribute(2, number: 0x6064 as UInt16)
        }
        $0.addAttribute(21, [UInt8](0..<18))
        $0.addAttribute(9, .ipv6(58, .icmp(128, 0, [0x43, 0x21, 0, 1])))
    }

    static let all = [output, everything]
}
