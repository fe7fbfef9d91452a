import CNetfilter

/// An NFLOG message as libnetfilter_log reads it: its attributes by their numbers.
struct OraclePacket {
    private let values: [UInt16: [UInt8]]

    /// `nil` where the library refuses the message.
    init?(_ message: borrowing MessageBuffer) {
        let count = 256  // as many as any release of the library may fill
        let table = UnsafeMutablePointer<UnsafeMutablePointer<nlattr>?>.allocate(capacity: count)
        unsafe table.initialize(repeating: nil, count: count)
        defer { unsafe table.deallocate() }
        guard unsafe nflog_nlmsg_parse(message.header, table) >= 0 else { return nil }  // 1 is success, like 0
        var values: [UInt16: [UInt8]] = [:]
        for type in 0..<count {
            guard let attribute = unsafe table[type] else { continue }
            let length = Int(unsafe mnl_attr_get_payload_len(attribute))
            values[UInt16(type)] = unsafe [UInt8](
                UnsafeRawBufferPointer(start: mnl_attr_get_payload(attribute), count: length))
        }
        self.values = values
    }

    /// An attribute's value; empty where there is none.
    func bytes(_ attribute: nfulnl_attr_type) -> [UInt8] { values[UInt16(attribute.rawValue)] ?? [] }

    /// An attribute in network order; `nil` where there is none.
    func number(_ attribute: nfulnl_attr_type) -> UInt64? {
        values[UInt16(attribute.rawValue)].map { number($0[...]) }
    }

    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
