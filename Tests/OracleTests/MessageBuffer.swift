import CNetfilter

/// Memory in which libmnl and its sisters build one netlink message.
///
/// Safe as long as no message outgrows the memory, which is a hundred times what a test writes.
@safe
struct MessageBuffer: ~Copyable {
    private static let capacity = 16_384

    private let memory: UnsafeMutableRawPointer
    /// The message's header, as libmnl calls it.
    let header: UnsafeMutablePointer<nlmsghdr>

    /// Begins a message with `struct nfgenmsg`.
    init(type: UInt16, flags: UInt16 = 0, family: UInt8, resource: UInt16 = 0) {
        unsafe memory = .allocate(byteCount: Self.capacity, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.capacity)
        unsafe header = mnl_nlmsg_put_header(memory)
        unsafe header.pointee.nlmsg_type = type
        unsafe header.pointee.nlmsg_flags = flags
        let family = nfgenmsg(nfgen_family: family, version: 0, res_id: resource.bigEndian)
        unsafe mnl_nlmsg_put_extra_header(header, MemoryLayout<nfgenmsg>.size)
            .storeBytes(of: family, as: nfgenmsg.self)
    }

    /// Takes a message that came from elsewhere; `nil` where it is longer than any that netfilter sends.
    init?(copying message: [UInt8]) {
        guard message.count <= Self.capacity else { return nil }
        unsafe memory = .allocate(byteCount: Self.capacity, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.capacity)
        unsafe UnsafeMutableRawBufferPointer(start: memory, count: message.count).copyBytes(from: message)
        unsafe header = memory.assumingMemoryBound(to: nlmsghdr.self)
    }

    deinit { unsafe memory.deallocate() }

    /// The message as it would come from the socket.
    var bytes: [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: memory, count: Int(header.pointee.nlmsg_len)))
    }

    /// Appends an attribute with libmnl.
    func put(_ type: some BinaryInteger, _ value: [UInt8]) {
        unsafe value.withUnsafeBytes { unsafe mnl_attr_put(header, UInt16(type), $0.count, $0.baseAddress) }
    }

    /// Appends a number in network order.
    func put(_ type: some BinaryInteger, _ number: some FixedWidthInteger) {
        put(type, (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
    }

    /// Appends an attribute that holds what `fill` appends.
    func nest(_ type: some BinaryInteger, _ fill: () -> Void) {
        let nest = unsafe mnl_attr_nest_start(header, UInt16(type))
        fill()
        unsafe mnl_attr_nest_end(header, nest)
    }
}
