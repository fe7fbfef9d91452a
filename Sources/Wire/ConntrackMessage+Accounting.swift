import FlowModel

extension Counters {
    /// Reads CTA_COUNTERS_ORIG or _REPLY: 64-bit, or the obsolete 32-bit pair of old kernels.
    init(decoding attributes: ByteReader) throws(WireFault) {
        self.init()
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: packetCount = try cursor.scalar(UInt64.self)  // CTA_COUNTERS_PACKETS
            case 2: byteCount = try cursor.scalar(UInt64.self)  // CTA_COUNTERS_BYTES
            case 3: packetCount = UInt64(try cursor.scalar(UInt32.self))  // CTA_COUNTERS32_PACKETS
            case 4: byteCount = UInt64(try cursor.scalar(UInt32.self))  // CTA_COUNTERS32_BYTES
            default: break
            }
        }
    }
}

extension ConntrackEntry {
    /// Reads CTA_TIMESTAMP: nanoseconds of CLOCK_REALTIME.
    mutating func decodeTimestamps(_ attributes: ByteReader) throws(WireFault) {
        var cursor = NetlinkAttributes(attributes)
        while try cursor.next() {
            switch cursor.type {
            case 1: start = Timestamp(kernel: try cursor.scalar(UInt64.self))  // CTA_TIMESTAMP_START
            case 2: stop = Timestamp(kernel: try cursor.scalar(UInt64.self))  // CTA_TIMESTAMP_STOP
            default: break
            }
        }
    }
}

extension Timestamp {
    /// Nanoseconds since 1970 as the kernel sends them; what is beyond the year 2262 becomes that year.
    init(kernel nanoseconds: UInt64) { self.init(nanoseconds: Int64(clamping: nanoseconds)) }
}
