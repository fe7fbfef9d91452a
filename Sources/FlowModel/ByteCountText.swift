/// Numbers of bytes as people write them: `65536`, `64K`, `16M`, `1G`, in powers of 1024.
public enum ByteCountText {
    private static let units: [(letter: Character, shift: Int)] = [("G", 30), ("M", 20), ("K", 10)]

    /// The number that a text means; `nil` where it means none.
    public static func bytes(in text: some StringProtocol) -> Int? {
        let letter = text.last.map { $0.uppercased() } ?? ""
        let shift = units.first { String($0.letter) == letter }?.shift ?? 0
        let digits = shift == 0 ? text[...] : text.dropLast()
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), number <= Int.max >> shift
        else { return nil }
        return number << shift
    }

    /// The shortest text that ``bytes(in:)`` reads as that number.
    public static func text(_ bytes: Int) -> String {
        for unit in units where bytes > 0 && bytes & (1 << unit.shift - 1) == 0 {
            return "\(bytes >> unit.shift)\(unit.letter)"
        }
        return "\(bytes)"
    }
}
