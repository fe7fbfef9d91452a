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
        (isNanosecond, isSwapped) = try Self.dialect(of: magic)
        snapLength = bytes.native(UInt32.self, at: 16) ?? 0
        linkType = bytes.native(UInt32.self, at: 20) ?? 0
        if isSwapped {
            snapLength = snapLength.byteSwapped
            linkType = linkType.byteSwapped
        }
        linkType &= 0x03ff_ffff  // the upper bits say how long a frame check sequence is
    }

    /// The time unit and the byte order, which the first number of a file tells.
    static func dialect(of magic: UInt32) throws(SavefileFault) -> (isNanosecond: Bool, isSwapped: Bool) {
        switch magic {
        case 0xa1b2_c3d4: (false, false)
        case 0xa1b2_3c4d: (true, false)
        case 0xd4c3_b2a1: (false, true)
        case 0x4d3c_b2a1: (true, true)
        default: throw .notASavefile
        }
    }

    /// The header of a file that nfmon writes: nanoseconds, the machine's byte order.
    public init(linkType: LinkType, snapLength: UInt32 = SavefileRecord.longest) {
        self.linkType = linkType.rawValue
        self.snapLength = snapLength
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
