/// How a file was compressed, by the number that it begins with; called as the program that undoes it.
public enum Compression: String, Sendable, CaseIterable {
    case gzip, bzip2, xz, zstd, lz4

    /// - Parameter beginning: the first four bytes, as a number in network order.
    init?(beginning: UInt32) {
        switch beginning {
        case 0x1f8b_0000...0x1f8b_ffff: self = .gzip  // RFC 1952
        case 0x425a_6800...0x425a_68ff: self = .bzip2  // "BZh"
        case 0xfd37_7a58: self = .xz
        case 0x28b5_2ffd: self = .zstd  // RFC 8878
        case 0x0422_4d18: self = .lz4
        default: return nil
        }
    }
}
