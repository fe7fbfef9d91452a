import ArgumentParser

/// A number of bytes as an option: `65536`, `64K`, `16M`, `1G`.
struct ByteCount {
    var bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    /// - Throws: where the text is no such number, with what would be one.
    init(parsing argument: String) throws {
        let shift: Int
        switch argument.last {
        case "k", "K": shift = 10
        case "m", "M": shift = 20
        case "g", "G": shift = 30
        default: shift = 0
        }
        guard let number = Int(shift == 0 ? argument[...] : argument.dropLast()), number > 0,
            number <= Int(Int32.max) >> shift
        else {
            throw ValidationError(
                "give a number of bytes from 1 to \(Int32.max), or with K, M or G behind it, such as 512K or 64M.")
        }
        bytes = number << shift
    }
}
