import CNetfilter
import FlowModel
import Wire

/// A conntrack entry of libnetfilter_conntrack: what `conntrack -L` would print.
@safe
struct OracleEntry: ~Copyable {
    private let entry: OpaquePointer

    /// An empty entry, `nil` for want of memory.
    init?() {
        guard let entry = unsafe nfct_new() else { return nil }
        unsafe self.entry = entry
    }

    deinit { unsafe nfct_destroy(entry) }

    // MARK: Setting

    func set(_ attribute: nf_conntrack_attr, _ value: UInt8) { unsafe nfct_set_attr_u8(entry, attribute, value) }
    /// In network order, as the library takes ports.
    func set(_ attribute: nf_conntrack_attr, big value: UInt16) {
        unsafe nfct_set_attr_u16(entry, attribute, value.bigEndian)
    }
    func set(_ attribute: nf_conntrack_attr, _ value: UInt16) { unsafe nfct_set_attr_u16(entry, attribute, value) }
    func set(_ attribute: nf_conntrack_attr, _ value: UInt32) { unsafe nfct_set_attr_u32(entry, attribute, value) }
    func set(_ attribute: nf_conntrack_attr, _ value: UInt64) { unsafe nfct_set_attr_u64(entry, attribute, value) }
    func set(_ attribute: nf_conntrack_attr, _ text: String) {
        unsafe text.withCString { unsafe nfct_set_attr(entry, attribute, $0) }
    }

    func set(_ attribute: nf_conntrack_attr, _ address: IPAddress, _ family: AddressFamily) {
        switch family {
        case .ipv4: set(attribute, address.ipv4Bits.bigEndian)
        case .ipv6:
            var words = (address.high.bigEndian, address.low.bigEndian)
            unsafe nfct_set_attr(entry, attribute, &words)
        }
    }

    /// The 128 labels; the library takes the bit mask over.
    func set(labels: ConnectionLabels) {
        guard let mask = unsafe nfct_bitmask_new(127) else { return }
        for bit in 0..<128 where (bit < 64 ? labels.low >> bit : labels.high >> (bit - 64)) & 1 == 1 {
            unsafe nfct_bitmask_set_bit(mask, UInt32(bit))
        }
        unsafe nfct_set_attr(entry, ATTR_CONNLABELS, UnsafeRawPointer(mask))
    }

    // MARK: Messages

    /// Writes the entry's attributes behind what the message holds.
    func build(into message: borrowing MessageBuffer) -> Bool { unsafe nfct_nlmsg_build(message.header, entry) == 0 }

    /// Reads a message as the library reads what came from the kernel.
    func parse(_ message: borrowing MessageBuffer) -> Bool { unsafe nfct_nlmsg_parse(message.header, entry) == 0 }

    // MARK: Getting

    func has(_ attribute: nf_conntrack_attr) -> Bool { unsafe nfct_attr_is_set(entry, attribute) > 0 }

    func number8(_ attribute: nf_conntrack_attr) -> UInt8? {
        has(attribute) ? unsafe nfct_get_attr_u8(entry, attribute) : nil
    }
    func number16(_ attribute: nf_conntrack_attr) -> UInt16? {
        has(attribute) ? unsafe nfct_get_attr_u16(entry, attribute) : nil
    }
    func number32(_ attribute: nf_conntrack_attr) -> UInt32? {
        has(attribute) ? unsafe nfct_get_attr_u32(entry, attribute) : nil
    }
    func number64(_ attribute: nf_conntrack_attr) -> UInt64? {
        has(attribute) ? unsafe nfct_get_attr_u64(entry, attribute) : nil
    }
    func port(_ attribute: nf_conntrack_attr) -> UInt16? { number16(attribute).map { UInt16(bigEndian: $0) } }

    func text(_ attribute: nf_conntrack_attr) -> String {
        guard has(attribute), let text = unsafe nfct_get_attr(entry, attribute) else { return "" }
        return unsafe String(cString: text.assumingMemoryBound(to: CChar.self))
    }

    /// The address in an IPv4 attribute, or else in the IPv6 one.
    func address(_ ipv4: nf_conntrack_attr, _ ipv6: nf_conntrack_attr) -> IPAddress? {
        if let bits = number32(ipv4) { return IPAddress(ipv4: UInt32(bigEndian: bits)) }
        guard has(ipv6), let bytes = unsafe nfct_get_attr(entry, ipv6) else { return nil }
        return unsafe IPAddress(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    var labels: ConnectionLabels? {
        guard has(ATTR_CONNLABELS), let mask = unsafe nfct_get_attr(entry, ATTR_CONNLABELS) else { return nil }
        let bits = OpaquePointer(mask)
        var labels = ConnectionLabels(low: 0, high: 0)
        for bit in 0..<128 as Range<UInt32> where unsafe nfct_bitmask_test_bit(bits, bit) != 0 {
            if bit < 64 { labels.low |= 1 << UInt64(bit) } else { labels.high |= 1 << UInt64(bit - 64) }
        }
        return labels
    }
}
