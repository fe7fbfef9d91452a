// Bytes written the way the kernel writes them, independently of the code under test.

extension [UInt8] {
    /// A number in network order.
    init(big number: some FixedWidthInteger) {
        self = (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// A number in this machine's order, which is netlink's for its own headers.
    init(native number: some FixedWidthInteger) { self = Array(big: number.bigEndian) }

    /// Text with the NUL that the kernel puts behind it.
    init(text: String) { self = Array(text.utf8) + [0] }

    /// Appends zeros up to the next multiple of four.
    mutating func align() {
        while count % 4 != 0 { append(0) }
    }

    /// Overwrites bytes in place.
    mutating func overwrite(at offset: Int, with bytes: [UInt8]) {
        replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }
}
