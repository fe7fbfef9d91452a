internal import FlowModel

/// Records that wait to be written into a savefile.
struct RecordBuffer: Sendable {
    private static let flushSize = 1 << 20

    var bytes: [UInt8] = []
    /// Behind each record, what else is in the file being none.
    private var ends: [Int] = []

    /// Whether it is time to write them.
    var isFull: Bool { bytes.count >= Self.flushSize }

    /// Says that a record ends here.
    mutating func endRecord() { ends.append(bytes.count) }

    /// Writes all of it; where that fails, what is left are the records that are not in the file, or not whole.
    mutating func write(to file: borrowing RecordingFile, unless hurry: Signal) throws(IngestError) {
        let count = bytes.count
        do throws(IngestError) { try file.write(&bytes, unless: hurry) } catch {
            let written = count - bytes.count
            ends.removeAll { $0 <= written }
            throw error
        }
        ends.removeAll(keepingCapacity: true)
    }

    /// Gives up what is in it, as nothing can be written any more.
    ///
    /// - Returns: how many records that were.
    mutating func giveUp() -> UInt64 {
        defer { (bytes, ends) = ([], []) }
        return UInt64(ends.count)
    }
}
