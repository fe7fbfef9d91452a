import ArgumentParser

/// A number of bytes as an option: `65536`, `64K`, `16M`, `1G`.
struct ByteCount: ExpressibleByArgument {
    var bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let shift: Int
        switch argument.last {
        case "k", "K": shift = 10
        case "m", "M": shift = 20
        case "g", "G": shift = 30
        default: shift = 0
        }
        guard let number = Int(shift == 0 ? argument[...] : argument.dropLast()), number > 0,
            number <= Int(Int32.max) >> shift
        else { return nil }
        bytes = number << shift
    }

    var defaultValueDescription: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)M" : "\(bytes)" }
}
