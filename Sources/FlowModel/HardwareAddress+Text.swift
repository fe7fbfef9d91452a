extension HardwareAddress {
    /// The address of ``bits``; ``none`` for a number that is of no address.
    public init(numbered bits: UInt64) { self.init(bits: bits >> 48 == 1 ? bits : 0) }

    /// The address that a text is: six bytes in hexadecimal with colons or hyphens between them.
    public static func parse(_ text: some StringProtocol) -> HardwareAddress? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        guard parts.count == 6 else { return nil }
        var bits: UInt64 = 1
        for part in parts {
            guard (1...2).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let byte = UInt8(part, radix: 16)
            else {
                return nil
            }
            bits = bits << 8 | UInt64(byte)
        }
        return HardwareAddress(bits: bits)
    }

    /// Appends the address with colons, in lower case; nothing for ``none``.
    public func append(to text: inout [UInt8]) {
        guard !isNone else { return }
        for index in 0..<6 {
            if index > 0 { text.append(UInt8(ascii: ":")) }
            text.appendHexadecimal(UInt64(self[index]), width: 2)
        }
    }
}
