import ArgumentParser
import FlowModel

/// A number of bytes as an option: `65536`, `64K`, `16M`, `1G`.
struct ByteCount {
    var bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    /// A buffer's, which has bounds.
    ///
    /// - Throws: where the text is no such number, with what would be one.
    init(parsing argument: String) throws { try self.init(parsing: argument, upTo: Int(Int32.max)) }

    /// A file's.
    static func ofFile(_ argument: String) throws -> ByteCount { try ByteCount(parsing: argument, upTo: 1 << 60) }

    private init(parsing argument: String, upTo limit: Int) throws {
        guard let bytes = ByteCountText.bytes(in: argument), (1...limit).contains(bytes) else {
            throw ValidationError(
                "give a number of bytes from 1 to \(limit), or with K, M or G behind it, such as 512K or 64M.")
        }
        self.bytes = bytes
    }
}
