/// Walks through a savefile of either format, pcap or pcapng, a step at a time.
///
/// It sees a window of the file, which begins where the last step ended, and holds no bytes itself: whatever lengths a file claims, the
/// window has to be no longer than ``longestStep``.
public struct SavefileReader: Sendable {
    /// Bytes of the longest step that must be in the window: a record, and room for what a block says of it besides.
    public static let longestStep = 1 << 20

    private enum Format {
        case unknown
        case classic(SavefileHeader)
        case blocks(PcapngSection)
    }

    private var format = Format.unknown

    public init() {}

    /// Whether the file has shown that it is a savefile.
    public var hasBegun: Bool {
        if case .unknown = format { return false }
        return true
    }

    /// What the window begins with; `nil` where it ends before that can be told.
    ///
    /// - Parameter neededCount: where the answer is `nil`, how many bytes the window must have to be asked again; if the file has fewer,
    ///   it was cut.
    public mutating func next(
        _ window: ByteReader, neededCount: inout Int
    ) throws(SavefileFault) -> SavefileStep? {
        switch format {
        case .unknown: return try begin(window, neededCount: &neededCount)
        case .classic(let header):
            neededCount = SavefileRecord.size
            guard let record = try SavefileRecord(window, at: 0, in: header) else { return nil }
            neededCount += record.capturedLength
            guard window.count >= neededCount else { return nil }
            return SavefileStep(.record(record), length: neededCount)
        case .blocks(var section):
            // Taken out meanwhile: of two owners the section's arrays would be copied.
            format = .unknown
            defer { format = .blocks(section) }
            return try section.next(window, neededCount: &neededCount)
        }
    }

    private mutating func begin(
        _ window: ByteReader, neededCount: inout Int
    ) throws(SavefileFault) -> SavefileStep? {
        neededCount = MemoryLayout<UInt32>.size
        guard let magic = window.native(UInt32.self, at: 0) else { return nil }
        if let compression = Compression(beginning: magic.bigEndian) { throw .compressed(compression) }
        guard magic != PcapngSection.blockType else {
            var section = PcapngSection()
            let step = try section.next(window, neededCount: &neededCount)
            if section.hasBegun { format = .blocks(section) }
            return step
        }
        neededCount = SavefileHeader.size
        guard window.count >= neededCount else {
            // The number tells what is no savefile, however short.
            _ = try SavefileHeader.dialect(of: magic)
            return nil
        }
        let header = try SavefileHeader(window)
        format = .classic(header)
        return SavefileStep(
            .interface(SavefileInterface(number: 0, linkType: header.linkType)), length: SavefileHeader.size)
    }
}
