import FlowModel

/// Conntrack messages as kernels send them.
struct ConntrackSample: Sendable {
    var name: String
    /// A whole netlink message.
    var bytes: [UInt8]

    /// The attributes, behind `struct nlmsghdr` and `struct nfgenmsg`.
    var attributes: [UInt8] { Array(bytes.dropFirst(20)) }

    private init(_ name: String, type: UInt8, flags: UInt16, family: UInt8 = 2, _ fill: (inout [UInt8]) -> Void) {
        var attributes: [UInt8] = []
        fill(&attributes)
        self.name = name
        bytes = .netfilterMessage(subsystem: 1, type: type, flags: flags, family: family, attributes: attributes)
    }

    static let new = ConntrackSample("NEW, TCP, masqueraded", type: 0, flags: 0x600) {
        $0.addTuple(1, .web)
        $0.addTuple(2, .webReply)
        $0.addAttribute(12, number: 0xdead_beef as UInt32)
        $0.addAttribute(3, number: 0x188 as UInt32)
        $0.addAttribute(7, number: 120 as UInt32)
        $0.addTCP(state: 1)
    }

    static let update = ConntrackSample("UPDATE, TCP, masqueraded, established", type: 0, flags: 0) {
        $0.addTuple(1, .web)
        $0.addTuple(2, .webReply)
        $0.addAttribute(12, number: 0xdead_beef as UInt32)
        $0.addAttribute(3, number: 0x18e as UInt32)
        $0.addAttribute(7, number: 432_000 as UInt32)
        $0.addTCP(state: 3)
    }

    static let destroy = ConntrackSample("DESTROY, UDP over IPv6", type: 2, flags: 0, family: 10) {
        $0.addTuple(1, .names)
        $0.addTuple(2, FlowKey.names.inverse)
        $0.addAttribute(12, number: 77 as UInt32)
        $0.addAttribute(3, number: 0x20a as UInt32)
        $0.addCounters(9, packets: 1, bytes: 71)
        $0.addCounters(10, packets: 1, bytes: 301)
        $0.addNest(20) {
            $0.addAttribute(1, number: 1_767_607_872_131_415_000 as UInt64)
            $0.addAttribute(2, number: 1_767_607_902_131_415_000 as UInt64)
        }
    }

    static let everything = ConntrackSample("dump row with every attribute", type: 0, flags: 2) {
        $0.addTuple(1, .web, zone: 3)
        $0.addTuple(2, .webReply)
        $0.addAttribute(3, number: 0x18e as UInt32)
        $0.addTCP(state: 3)
        $0.addNest(5) { $0.addAttribute(1, [UInt8](text: "ftp")) }
        $0.addAttribute(7, number: 431_999 as UInt32)
        $0.addAttribute(8, number: 42 as UInt32)
        $0.addCounters(9, packets: 29, bytes: 3012)
        $0.addCounters(10, packets: 32, bytes: 45199)
        $0.addAttribute(11, number: 1 as UInt32)
        $0.addAttribute(12, number: 0xdead_beef as UInt32)
        $0.addTuple(14, .ping)
        for type in [15, 16] as [UInt16] {
            $0.addNest(type) {
                for field in 1...3 as ClosedRange<UInt16> { $0.addAttribute(field, number: UInt32(field)) }
            }
        }
        $0.addNest(19) { $0.addAttribute(1, [UInt8](text: "system_u:object_r:unlabeled_t:s0")) }
        $0.addNest(20) { $0.addAttribute(1, number: 1_767_607_872_131_415_000 as UInt64) }
        $0.addAttribute(22, [UInt8](repeating: 0x81, count: 16))
        $0.addNest(24) {
            for field in 1...3 as ClosedRange<UInt16> { $0.addAttribute(field, number: UInt32(field)) }
        }
        $0.addAttribute(27, number: 1_767_607_873_000_000_000 as UInt64)
    }

    static let ping = ConntrackSample("UPDATE, ICMP", type: 0, flags: 0) {
        $0.addTuple(1, .ping)
        $0.addTuple(2, FlowKey.ping.inverse)
        $0.addAttribute(3, number: 0xa as UInt32)
    }

    static let ping6 = ConntrackSample("NEW, ICMPv6 in a zone", type: 0, flags: 0x600, family: 10) {
        $0.addTuple(1, .ping6)
        $0.addTuple(2, FlowKey.ping6.inverse)
        $0.addAttribute(18, number: 9 as UInt16)
    }

    static let sctp = ConntrackSample("UPDATE, SCTP", type: 0, flags: 0) {
        var key = FlowKey.web
        key.transport = .sctp
        $0.addTuple(1, key)
        $0.addTuple(2, key.inverse)
        $0.addNest(4) {
            $0.addNest(3) {
                $0.addAttribute(1, number: 4 as UInt8)
                $0.addAttribute(2, number: 0x0102_0304 as UInt32)
                $0.addAttribute(3, number: 0x0506_0708 as UInt32)
            }
        }
    }

    static let dccp = ConntrackSample("UPDATE, DCCP", type: 0, flags: 0) {
        var key = FlowKey.web
        key.transport = .dccp
        $0.addTuple(1, key)
        $0.addTuple(2, key.inverse)
        $0.addNest(4) {
            $0.addNest(2) {
                $0.addAttribute(1, number: 4 as UInt8)
                $0.addAttribute(2, number: 1 as UInt8)
                $0.addAttribute(3, number: 0x0102_0304_0506_0708 as UInt64)
            }
        }
    }

    static let all = [new, update, destroy, everything, ping, ping6, sctp, dccp]
}
