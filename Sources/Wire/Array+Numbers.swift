extension [UInt8] {
    /// Appends a number in the machine's order.
    mutating func appendNative<Number: FixedWidthInteger>(_ number: Number) {
        // The big-endian value of the number's native bytes, written from its first byte on.
        appendBigEndian(Number(bigEndian: number))
    }

    /// Appends a number in network order.
    mutating func appendBigEndian<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: MemoryLayout<Number>.size * 8 - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}
