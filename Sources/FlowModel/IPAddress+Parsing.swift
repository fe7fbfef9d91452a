extension IPAddress {
    /// The address that a text is: dotted quad, or IPv6 in any of the forms of RFC 4291 section 2.2, without a scope.
    ///
    /// - Returns: `nil` where the text is no address.
    public static func parse(_ text: some StringProtocol) -> (address: IPAddress, family: AddressFamily)? {
        if text.contains(":") { return colonHex(text).map { ($0, .ipv6) } }
        guard let bits = dottedQuad(text, octetCount: 4) else { return nil }
        return (IPAddress(ipv4: bits), .ipv4)
    }

    /// The bits of an IPv4 network that is written with as many octets as matter: `10`, `192.168`, `192.0.2`.
    public static func parse(octets text: some StringProtocol) -> (address: IPAddress, octetCount: Int)? {
        let count = text.split(separator: ".", omittingEmptySubsequences: false).count
        guard (1...4).contains(count), let bits = dottedQuad(text, octetCount: count) else { return nil }
        return (IPAddress(ipv4: bits), count)
    }

    private static func dottedQuad(_ text: some StringProtocol, octetCount: Int) -> UInt32? {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == octetCount else { return nil }
        var bits: UInt32 = 0
        for octet in octets {
            // No leading zeros: for some readers these numbers would be octal.
            guard octet.count <= 3, octet.allSatisfy(\.isASCIIDigit), let value = UInt8(octet),
                octet.count == 1 || octet.first != "0"
            else { return nil }
            bits = bits << 8 | UInt32(value)
        }
        return bits << UInt32(8 * (4 - octetCount))
    }

    private static func colonHex(_ text: some StringProtocol) -> IPAddress? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, let front = groups(halves[0]), let back = halves.count == 2 ? groups(halves[1]) : []
        else { return nil }
        let count = front.count + back.count
        // `::` stands for one group at least.
        guard halves.count == 2 ? count < 8 : count == 8 else { return nil }
        let all = front + Array(repeating: 0, count: 8 - count) + back
        func half(_ groups: ArraySlice<UInt16>) -> UInt64 { groups.reduce(0) { $0 << 16 | UInt64($1) } }
        return IPAddress(high: half(all[..<4]), low: half(all[4...]))
    }

    /// The groups between two `::`; a dotted quad at the end is two of them.
    private static func groups(_ text: some StringProtocol) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains("."), index == parts.count - 1, let bits = dottedQuad(part, octetCount: 4) {
                groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
