internal import FlowModel

/// A block of a pcapng file that is being written: type, length, body, and the length again (draft-ietf-opsawg-pcapng section 3.1).
enum PcapngBlock: UInt32 {
    case section = 0x0a0d_0d0a
    case interface = 1
    case statistics = 5
    case enhancedPacket = 6

    /// Bytes around the body.
    static var frameSize: Int { 12 }

    /// Appends the block's beginning, to be ended by ``end(_:in:)``.
    ///
    /// - Returns: where the block begins.
    func begin(in file: inout [UInt8]) -> Int {
        let start = file.count
        file.appendNative(rawValue)
        file.appendNative(0 as UInt32)
        return start
    }

    /// Fills the block up to four bytes and says how long it is, in front and behind.
    static func end(_ start: Int, in file: inout [UInt8]) {
        fill(&file, from: start)
        let length = file.count
        file.appendNative(UInt32(truncatingIfNeeded: length + 4 - start))
        for number in 0..<4 { file[start + 4 + number] = file[length + number] }
    }

    /// Appends an option of a block, `code (2), length (2), value`; where the value is empty, none.
    static func appendOption(_ code: UInt16, _ value: some Collection<UInt8>, to file: inout [UInt8]) {
        guard !value.isEmpty else { return }
        let start = file.count
        let value = value.prefix(Int(UInt16.max))
        file.appendNative(code)
        file.appendNative(UInt16(value.count))
        file += value
        fill(&file, from: start)
    }

    /// Appends an option that is a number.
    static func appendOption(_ code: UInt16, number: some FixedWidthInteger, to file: inout [UInt8]) {
        var value: [UInt8] = []
        value.appendNative(number)
        appendOption(code, value, to: &file)
    }

    /// Appends an option that is a time.
    static func appendOption(_ code: UInt16, time: Timestamp, to file: inout [UInt8]) {
        var value: [UInt8] = []
        append(time, to: &value)
        appendOption(code, value, to: &file)
    }

    /// Appends the end of a block's options.
    static func appendEndOfOptions(to file: inout [UInt8]) { file.appendNative(0 as UInt32) }

    /// Appends a time in nanoseconds, of which the upper half comes first in either byte order.
    static func append(_ time: Timestamp, to file: inout [UInt8]) {
        let ticks = UInt64(max(0, time.nanoseconds))
        file.appendNative(UInt32(truncatingIfNeeded: ticks >> 32))
        file.appendNative(UInt32(truncatingIfNeeded: ticks))
    }

    private static func fill(_ file: inout [UInt8], from start: Int) {
        while (file.count - start) % 4 != 0 { file.append(0) }
    }
}
