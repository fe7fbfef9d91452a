public import FlowModel

/// What a savefile tells of one record, whichever its format.
public struct SavefileRecord: Sendable, Equatable {
    /// Bytes of the classic format's header.
    public static let size = 16
    /// libpcap's own limit, against files that would claim all memory.
    public static let longest: UInt32 = 262_144

    /// Of a record without one (pcapng's simple packets), that of the record before.
    public var time: Timestamp
    /// Bytes in front of the record's own.
    public var headerLength = size
    /// Bytes of the record in the file.
    public var capturedLength: Int
    /// Bytes that there were.
    public var originalLength: Int
    /// Which of the file's interfaces, as ``SavefileInterface/number`` counts them.
    public var interface = 0
    public var direction = FrameDirection.unknown
    /// The file says that it was addressed to another host, and seen as the interface was promiscuous.
    public var isForOtherHost = false
    /// What the file says was lost on the interface just before.
    public var lossCount: UInt64 = 0

    /// A record of a file that nfmon writes, or one that another format's header tells.
    ///
    /// - Parameter originalLength: more than `length` where the record was cut.
    public init(time: Timestamp, length: Int, originalLength: Int? = nil) {
        self.time = time
        capturedLength = length
        self.originalLength = originalLength ?? length
    }

    /// Reads a record's header of the classic format; `nil` where fewer than 16 bytes are left.
    public init?(_ bytes: ByteReader, at offset: Int, in file: SavefileHeader) throws(SavefileFault) {
        guard let seconds = bytes.number(UInt32.self, at: offset, isSwapped: file.isSwapped),
            let fraction = bytes.number(UInt32.self, at: offset + 4, isSwapped: file.isSwapped),
            let captured = bytes.number(UInt32.self, at: offset + 8, isSwapped: file.isSwapped),
            let original = bytes.number(UInt32.self, at: offset + 12, isSwapped: file.isSwapped)
        else { return nil }
        guard captured <= Self.longest else { throw .recordLength(captured) }
        time = Timestamp(seconds: Int64(seconds), nanoseconds: Int64(fraction) * (file.isNanosecond ? 1 : 1000))
        capturedLength = Int(captured)
        originalLength = Int(original)
    }

    /// Appends the header's 16 bytes of the classic format, in nanoseconds.
    public func append(to file: inout [UInt8]) {
        let (seconds, fraction) = max(0, time.nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        file.appendNative(UInt32(truncatingIfNeeded: seconds))
        file.appendNative(UInt32(fraction))
        file.appendNative(UInt32(truncatingIfNeeded: capturedLength))
        file.appendNative(UInt32(truncatingIfNeeded: originalLength))
    }
}

extension ByteReader {
    /// A number in the order of the machine that wrote the file.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type, at offset: Int, isSwapped: Bool
    ) -> Number? {
        guard let number = native(type, at: offset) else { return nil }
        return isSwapped ? number.byteSwapped : number
    }
}
