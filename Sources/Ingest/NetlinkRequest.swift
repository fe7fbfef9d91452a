internal import CNetfilter
internal import FlowModel
internal import Glibc
internal import Wire

/// The requests that nfmon sends, built with libmnl and libnetfilter_log.
enum NetlinkRequest {
    /// A dump of the conntrack table. Never the variant that zeroes the counters: they belong to every reader.
    static func conntrackDump(sequence: UInt32, _ filter: DumpFilter = .none) -> [UInt8] {
        // SAFETY: five attributes of 8 bytes; `message` has room for five.
        unsafe build(
            type: UInt16(NFNL_SUBSYS_CTNETLINK) << 8 | UInt16(IPCTNL_MSG_CT_GET.rawValue),
            flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence, family: filter.family?.rawValue ?? 0,
            resource: 0
        ) { header in
            if let zone = filter.zone { unsafe mnl_attr_put_u16(header, UInt16(CTA_ZONE.rawValue), zone.bigEndian) }
            if let mark = filter.mark {
                unsafe mnl_attr_put_u32(header, UInt16(CTA_MARK.rawValue), mark.value.bigEndian)
                unsafe mnl_attr_put_u32(header, UInt16(CTA_MARK_MASK.rawValue), mark.mask.bigEndian)
            }
            if let status = filter.status?.rawValue.bigEndian {
                unsafe mnl_attr_put_u32(header, UInt16(CTA_STATUS.rawValue), status)
                unsafe mnl_attr_put_u32(header, UInt16(CTA_STATUS_MASK.rawValue), status)
            }
        }
    }

    /// A dump of the interfaces.
    static func linkDump(sequence: UInt32) -> [UInt8] {
        dump(type: UInt16(RTM_GETLINK), headerSize: MemoryLayout<ifinfomsg>.size, sequence: sequence)
    }

    /// A dump of the interfaces' addresses, of all families.
    static func addressDump(sequence: UInt32) -> [UInt8] {
        dump(type: UInt16(RTM_GETADDR), headerSize: MemoryLayout<ifaddrmsg>.size, sequence: sequence)
    }

    /// A dump of the rules of routing, of all families.
    static func routingRuleDump(sequence: UInt32) -> [UInt8] {
        dump(type: UInt16(RTM_GETRULE), headerSize: 12, sequence: sequence)  // struct fib_rule_hdr
    }

    /// A dump of rtnetlink's, whose own header says nothing.
    private static func dump(type: UInt16, headerSize: Int, sequence: UInt32) -> [UInt8] {
        // SAFETY: `message` lends a header with room for rtnetlink's own (16 bytes at most).
        unsafe message { header in
            unsafe header.pointee.nlmsg_type = type
            unsafe header.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST | NLM_F_DUMP)
            unsafe header.pointee.nlmsg_seq = sequence
            _ = unsafe mnl_nlmsg_put_extra_header(header, headerSize)
        }
    }

    /// A dump of nf_tables' chains.
    static func chainDump(sequence: UInt32) -> [UInt8] {
        // SAFETY: no attribute is added.
        unsafe build(
            type: ChainMessage.getChainType, flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence, family: 0,
            resource: 0
        ) { _ in }
    }

    /// The number of what nf_tables holds, and an acknowledgement behind it.
    static func generation(sequence: UInt32) -> [UInt8] {
        // SAFETY: no attribute is added.
        unsafe build(
            type: GenerationMessage.getGenerationType, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK), sequence: sequence,
            family: 0, resource: 0
        ) { _ in }
    }

    /// Where packets would go.
    static func route(_ question: RouteQuestion, sequence: UInt32) -> [UInt8] {
        // SAFETY: two attributes of at most 20 bytes and five of 8; `message` has room for them behind the family's own header (12 bytes).
        unsafe message(RTM_GETROUTE, rtmsg.self, sequence: sequence) { header, request in
            let tuple = question.tuple
            unsafe request?.pointee.rtm_family = tuple.family.rawValue
            let length: UInt8 = tuple.family == .ipv4 ? 32 : 128
            unsafe request?.pointee.rtm_dst_len = length
            unsafe request?.pointee.rtm_src_len = length
            unsafe putAddress(tuple.destination, tuple.family, UInt16(RTA_DST.rawValue), in: header)
            unsafe putAddress(tuple.source, tuple.family, UInt16(RTA_SRC.rawValue), in: header)
            if question.inInterface != 0 {
                unsafe mnl_attr_put_u32(header, UInt16(RTA_IIF.rawValue), question.inInterface)
            }
            if question.mark != 0 { unsafe mnl_attr_put_u32(header, UInt16(RTA_MARK.rawValue), question.mark) }
            // Routes may be chosen by these, too (Linux 4.18).
            if tuple.transport == .tcp || tuple.transport == .udp {
                unsafe mnl_attr_put_u8(header, UInt16(RTA_IP_PROTO.rawValue), tuple.transport.rawValue)
                unsafe mnl_attr_put_u16(header, UInt16(RTA_SPORT.rawValue), tuple.sourcePort.bigEndian)
                unsafe mnl_attr_put_u16(header, UInt16(RTA_DPORT.rawValue), tuple.destinationPort.bigEndian)
            }
        }
    }

    /// What the kernel knows of a neighbour.
    static func neighbour(
        _ address: IPAddress, _ family: AddressFamily, on interface: InterfaceIndex, sequence: UInt32
    ) -> [UInt8] {
        // SAFETY: `message` has room for the family's own header (12 bytes) and an attribute of at most 20.
        unsafe message(RTM_GETNEIGH, ndmsg.self, sequence: sequence) { header, request in
            unsafe request?.pointee.ndm_family = family.rawValue
            unsafe request?.pointee.ndm_ifindex = Int32(bitPattern: interface)
            unsafe putAddress(address, family, UInt16(NDA_DST), in: header)
        }
    }

    /// A question to rtnetlink, which begins with a header of its kind.
    private static func message<Header>(
        _ type: Int, _ kind: Header.Type, sequence: UInt32,
        _ fill: (UnsafeMutablePointer<nlmsghdr>, UnsafeMutablePointer<Header>?) -> Void
    ) -> [UInt8] {
        // SAFETY: what is put there is the caller's to bound.
        unsafe message { header in
            unsafe header.pointee.nlmsg_type = UInt16(type)
            unsafe header.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST)
            unsafe header.pointee.nlmsg_seq = sequence
            let extra = unsafe mnl_nlmsg_put_extra_header(header, MemoryLayout<Header>.size)
            unsafe fill(header, extra?.assumingMemoryBound(to: Header.self))
        }
    }

    private static func putAddress(
        _ address: IPAddress, _ family: AddressFamily, _ type: UInt16, in header: UnsafeMutablePointer<nlmsghdr>
    ) {
        switch family {
        case .ipv4:
            // SAFETY: an attribute of 8 bytes, for which the caller has room.
            unsafe mnl_attr_put_u32(header, type, address.ipv4Bits.bigEndian)
        case .ipv6:
            var halves = (address.high.bigEndian, address.low.bigEndian)
            // SAFETY: an attribute of 20 bytes, for which the caller has room; its 16 bytes are copied in the call.
            unsafe mnl_attr_put(header, type, 16, &halves)
        }
    }

    /// A dump of netfilter's netlink sockets, with their groups and options.
    static func socketDump(sequence: UInt32) -> [UInt8] {
        // SAFETY: `message` lends a header with room for the request's own (20 bytes), aligned to 4 bytes as it needs.
        unsafe message { header in
            unsafe header.pointee.nlmsg_type = NetlinkDiagnosis.messageType
            unsafe header.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST | NLM_F_DUMP)
            unsafe header.pointee.nlmsg_seq = sequence
            let extra = unsafe mnl_nlmsg_put_extra_header(header, MemoryLayout<netlink_diag_req>.size)
            let request = unsafe extra?.assumingMemoryBound(to: netlink_diag_req.self)
            unsafe request?.pointee.sdiag_family = UInt8(AF_NETLINK)
            unsafe request?.pointee.sdiag_protocol = UInt8(NETLINK_NETFILTER)
            unsafe request?.pointee.ndiag_show = UInt32(NDIAG_SHOW_GROUPS | NDIAG_SHOW_FLAGS)
        }
    }

    /// Takes an NFLOG group. Not PF_BIND, which would change the namespace's logger for everybody.
    static func bindLogGroup(_ group: UInt16, sequence: UInt32) -> [UInt8] {
        // SAFETY: one attribute of 8 bytes; `message` has room for five.
        unsafe logConfiguration(group, sequence: sequence) { header in
            _ = unsafe nflog_attr_put_cfg_cmd(header, UInt8(NFULNL_CFG_CMD_BIND.rawValue))
        }
    }

    /// Gives an NFLOG group back, upon which the kernel sends what it has gathered of it; it does not answer, unless it refuses.
    static func unbindLogGroup(_ group: UInt16, sequence: UInt32) -> [UInt8] {
        // SAFETY: one attribute of 8 bytes; `message` has room for five.
        unsafe logConfiguration(group, sequence: sequence, flags: NLM_F_REQUEST) { header in
            _ = unsafe nflog_attr_put_cfg_cmd(header, UInt8(NFULNL_CFG_CMD_UNBIND.rawValue))
        }
    }

    /// What the kernel sends of each packet, and when.
    struct LogMode {
        var copyRange: UInt32
        /// Packets that the kernel gathers before it sends them.
        var threshold: UInt32
        /// Hundredths of a second after which it sends what it has gathered.
        var timeout: UInt32
        /// Bytes of the message in which it gathers them.
        var bufferSize: UInt32
    }

    static func configureLogGroup(_ group: UInt16, _ mode: LogMode, sequence: UInt32) -> [UInt8] {
        // SAFETY: four attributes of at most 12 bytes; `message` has room for five.
        unsafe logConfiguration(group, sequence: sequence) { header in
            _ = unsafe nflog_attr_put_cfg_mode(header, UInt8(NFULNL_COPY_PACKET), mode.copyRange)
            unsafe mnl_attr_put_u32(header, UInt16(NFULA_CFG_NLBUFSIZ.rawValue), mode.bufferSize.bigEndian)
            unsafe mnl_attr_put_u32(header, UInt16(NFULA_CFG_TIMEOUT.rawValue), mode.timeout.bigEndian)
            unsafe mnl_attr_put_u32(header, UInt16(NFULA_CFG_QTHRESH.rawValue), mode.threshold.bigEndian)
        }
    }

    /// Asks for sequence numbers, and for the packet's conntrack entry where the kernel can attach it.
    static func setLogFlags(_ group: UInt16, withConntrack: Bool, sequence: UInt32) -> [UInt8] {
        let flags = UInt16(NFULNL_CFG_F_SEQ) | (withConntrack ? UInt16(NFULNL_CFG_F_CONNTRACK) : 0)
        // SAFETY: one attribute of 8 bytes; `message` has room for five.
        return unsafe logConfiguration(group, sequence: sequence) { header in
            unsafe mnl_attr_put_u16(header, UInt16(NFULA_CFG_FLAGS.rawValue), flags.bigEndian)
        }
    }

    private static func logConfiguration(
        _ group: UInt16, sequence: UInt32, flags: CInt = NLM_F_REQUEST | NLM_F_ACK,
        _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) -> [UInt8] {
        // SAFETY: the body is bound by what its caller says of it, and the header is lent for the call only.
        unsafe build(
            type: UInt16(NFNL_SUBSYS_ULOG) << 8 | UInt16(NFULNL_MSG_CONFIG.rawValue),
            flags: UInt16(flags), sequence: sequence, family: 0, resource: group, body)
    }

    private static func build(
        type: UInt16, flags: UInt16, sequence: UInt32, family: UInt8, resource: UInt16,
        _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) -> [UInt8] {
        // SAFETY: `message` lends a header with room for the extra one, which lies behind it, aligned to 4 bytes as nfgenmsg needs.
        unsafe message { header in
            unsafe header.pointee.nlmsg_type = type
            unsafe header.pointee.nlmsg_flags = flags
            unsafe header.pointee.nlmsg_seq = sequence
            let extra = unsafe mnl_nlmsg_put_extra_header(header, MemoryLayout<nfgenmsg>.size)
            let generic = unsafe extra?.assumingMemoryBound(to: nfgenmsg.self)
            unsafe generic?.pointee = nfgenmsg(
                nfgen_family: family, version: UInt8(NFNETLINK_V0), res_id: resource.bigEndian)
            unsafe body(header)
        }
    }

    /// Room for any request of this file; each has a header and at most six small attributes.
    private static func message(_ body: (UnsafeMutablePointer<nlmsghdr>) -> Void) -> [UInt8] {
        var room = [UInt64](repeating: 0, count: 32)
        // SAFETY: 256 aligned bytes hold the headers (36 bytes) and six attributes of at most 20 bytes.
        return unsafe room.withUnsafeMutableBytes { bytes in
            guard let header = unsafe mnl_nlmsg_put_header(bytes.baseAddress) else { return [] }
            unsafe body(header)
            return unsafe Array(bytes.prefix(Int(header.pointee.nlmsg_len)))
        }
    }
}
