import ArgumentParser
import FlowModel

/// A number of bytes as an option: `65536`, `64K`, `16M`, `1G`.
struct ByteCount {
    var bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    /// - Throws: where the text is no such number, with what would be one.
    init(parsing argument: String) throws {
        guard let bytes = ByteCountText.bytes(in: argument), (1...Int(Int32.max)).contains(bytes) else {
            throw ValidationError(
                "give a number of bytes from 1 to \(Int32.max), or with K, M or G behind it, such as 512K or 64M.")
        }
        self.bytes = bytes
    }
}
