import Reports

/// In what amounts are shown.
public enum Units: Int, CaseIterable, Sendable {
    /// KiB, MiB: as everywhere else in nfmon.
    case binaryBytes
    /// kB, MB.
    case bytes
    /// kbit, Mbit: as links are sold.
    case bits
    case binaryBits

    var name: String {
        switch self {
        case .binaryBytes: "bytes (KiB)"
        case .bytes: "bytes (kB)"
        case .bits: "bits (kbit)"
        case .binaryBits: "bits (Kibit)"
        }
    }

    var next: Units { Units(rawValue: rawValue + 1) ?? .binaryBytes }

    /// An amount of bytes, to three digits: `47.1KiB`, `386kbit`.
    func text(_ byteCount: UInt64) -> String {
        var text: [UInt8] = []
        switch self {
        case .binaryBytes: text.appendByteCount(byteCount)
        case .bytes: Self.append(byteCount, base: 1000, ["B", "kB", "MB", "GB", "TB", "PB", "EB"], to: &text)
        case .bits:
            Self.append(Self.bits(byteCount), base: 1000, Self.bitUnits(["k", "M", "G", "T", "P", "E"]), to: &text)
        case .binaryBits:
            Self.append(
                Self.bits(byteCount), base: 1024, Self.bitUnits(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]), to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bits(_ byteCount: UInt64) -> UInt64 {
        let (bits, overflow) = byteCount.multipliedReportingOverflow(by: 8)
        return overflow ? .max : bits
    }

    private static func bitUnits(_ prefixes: [String]) -> [String] { ["bit"] + prefixes.map { "\($0)bit" } }

    private static func append(_ count: UInt64, base: UInt64, _ units: [String], to text: inout [UInt8]) {
        var (whole, rest, unit) = (count, UInt64(0), 0)
        while whole >= base, unit < units.count - 1 {
            (whole, rest) = whole.quotientAndRemainder(dividingBy: base)
            unit += 1
        }
        text += "\(whole)".utf8
        // Rounded down: what is shown has passed.
        if unit > 0, whole < 100 { text += ".\(rest * 10 / base)".utf8 }
        text += units[unit].utf8
    }
}
