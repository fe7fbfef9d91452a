public import FlowModel

/// The header of a savefile in the classic pcap format (draft-ietf-opsawg-pcap): byte order, time unit, link type.
public struct SavefileHeader: Sendable, Equatable {
    public static let size = 24

    public var linkType: UInt32
    /// The longest record that the file may have.
    public var snapLength: UInt32
    public var isNanosecond: Bool
    public var isSwapped: Bool

    /// Reads the first 24 bytes of a file.
    public init(_ bytes: ByteReader) throws(SavefileFault) {
        guard let magic = bytes.native(UInt32.self, at: 0), bytes.count >= Self.size else { throw .notASavefile }
        switch magic {
        case 0xa1b2_c3d4: (isNanosecond, isSwapped) = (false, false)
        case 0xa1b2_3c4d: (isNanosecond, isSwapped) = (true, false)
        case 0xd4c3_b2a1: (isNanosecond, isSwapped) = (false, true)
        case 0x4d3c_b2a1: (isNanosecond, isSwapped) = (true, true)
        case 0x0a0d_0d0a: throw .pcapng
        default: throw .notASavefile
        }
        snapLength = bytes.native(UInt32.self, at: 16) ?? 0
        linkType = bytes.native(UInt32.self, at: 20) ?? 0
        if isSwapped {
            snapLength = snapLength.byteSwapped
            linkType = linkType.byteSwapped
        }
        linkType &= 0x0fff_ffff  // the upper bits say how long a frame check sequence is
    }

    /// The header of a file that nfmon writes: nanoseconds, the machine's byte order.
    public init(linkType: LinkType) {
        self.linkType = linkType.rawValue
        snapLength = SavefileRecord.longest
        isNanosecond = true
        isSwapped = false
    }

    /// Appends the header's 24 bytes.
    public func append(to file: inout [UInt8]) {
        file.appendNative(isNanosecond ? 0xa1b2_3c4d : 0xa1b2_c3d4 as UInt32)
        file.appendNative(2 as UInt16)
        file.appendNative(4 as UInt16)
        file.appendNative(0 as UInt64)  // time zone and accuracy, which nobody uses
        file.appendNative(snapLength)
        file.appendNative(linkType)
    }
}

/// The header of one record of a savefile.
public struct SavefileRecord: Sendable, Equatable {
    public static let size = 16
    /// libpcap's own limit, against files that would claim all memory.
    public static let longest: UInt32 = 262_144

    public var time: Timestamp
    /// Bytes of the record in the file.
    public var capturedLength: Int
    /// Bytes that there were.
    public var originalLength: Int

    /// Reads a record's header; `nil` where fewer than 16 bytes are left.
    public init?(_ bytes: ByteReader, at offset: Int, in file: SavefileHeader) throws(SavefileFault) {
        guard var seconds = bytes.native(UInt32.self, at: offset),
            var fraction = bytes.native(UInt32.self, at: offset + 4),
            var captured = bytes.native(UInt32.self, at: offset + 8),
            var original = bytes.native(UInt32.self, at: offset + 12)
        else { return nil }
        if file.isSwapped {
            seconds = seconds.byteSwapped
            fraction = fraction.byteSwapped
            captured = captured.byteSwapped
            original = original.byteSwapped
        }
        guard captured <= Self.longest else { throw .recordLength(captured) }
        time = Timestamp(seconds: Int64(seconds), nanoseconds: Int64(fraction) * (file.isNanosecond ? 1 : 1000))
        capturedLength = Int(captured)
        originalLength = Int(original)
    }

    /// The header of a whole record of `length` bytes.
    public init(time: Timestamp, length: Int) {
        self.time = time
        capturedLength = length
        originalLength = length
    }

    /// Appends the header's 16 bytes, in nanoseconds.
    public func append(to file: inout [UInt8]) {
        let (seconds, fraction) = max(0, time.nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        file.appendNative(UInt32(truncatingIfNeeded: seconds))
        file.appendNative(UInt32(fraction))
        file.appendNative(UInt32(capturedLength))
        file.appendNative(UInt32(originalLength))
    }
}

/// Why a savefile cannot be read, or not to its end.
public enum SavefileFault: Error, Sendable, Equatable {
    case notASavefile
    case pcapng
    case linkType(UInt32)
    /// A record claims more bytes than any may have.
    case recordLength(UInt32)
    /// The file ends within a record.
    case cut
}

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
