extension IPAddress {
    /// Appends the address as text: dotted quad for IPv4, RFC 5952 for IPv6.
    ///
    /// - Complexity: O(1); no allocation beyond what `text` needs to grow.
    public func append(to text: inout [UInt8], family: AddressFamily) {
        switch family {
        case .ipv4: appendDottedQuad(to: &text)
        case .ipv6: appendColonHex(to: &text)
        }
    }

    private func appendDottedQuad(to text: inout [UInt8]) {
        let bits = ipv4Bits
        for shift in stride(from: 24, through: 0, by: -8) {
            text.appendDecimal(UInt64(bits >> UInt32(shift) & 0xff))
            if shift > 0 { text.append(UInt8(ascii: ".")) }
        }
    }

    /// One of the eight groups of an IPv6 address, the first being 0.
    @inlinable
    public func group(_ index: Int) -> UInt16 {
        let half = index < 4 ? high : low
        return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index & 3)))
    }

    /// The longest run of at least two zero groups, the first of equals: what RFC 5952 writes as `::`; empty for none.
    public var longestZeroRun: Range<Int> {
        // A bit for each group at which a run of `length` zero groups begins; the lowest bit is the first group's.
        let zeros = Self.zeroGroups(of: high) | Self.zeroGroups(of: low) << 4
        var (starts, longest, length) = (zeros, zeros, 0)
        while starts != 0 {
            longest = starts
            length += 1
            starts &= zeros >> UInt64(length)
        }
        return length > 1 ? longest.trailingZeroBitCount..<longest.trailingZeroBitCount + length : 0..<0
    }

    /// The zero ones of the four groups in half an address as four bits, the first group the lowest.
    @inline(__always)
    private static func zeroGroups(of half: UInt64) -> UInt64 {
        // Adding 0x7fff carries into a lane's highest bit unless the rest of the lane is zero.
        let low15 = 0x7fff_7fff_7fff_7fff as UInt64
        let zeros = ~(((half & low15) &+ low15) | half | low15)  // the highest bit of each zero lane
        return (zeros >> 63 | zeros >> 46 | zeros >> 29 | zeros >> 12) & 0xf
    }

    private func appendColonHex(to text: inout [UInt8]) {
        if isIPv4Mapped {  // RFC 5952 section 5
            text.append(contentsOf: "::ffff:".utf8)
            appendDottedQuad(to: &text)
            return
        }
        let zeros = longestZeroRun
        var index = 0
        while index < 8 {
            if !zeros.isEmpty, index == zeros.lowerBound {
                text.append(contentsOf: "::".utf8)
                index = zeros.upperBound
                continue
            }
            if index > 0, index != zeros.upperBound || zeros.isEmpty { text.append(UInt8(ascii: ":")) }
            text.appendHexadecimal(UInt64(group(index)))
            index += 1
        }
    }
}

extension IPAddress {
    /// The address as text, for messages; outputs use ``append(to:family:)``.
    public func description(family: AddressFamily) -> String {
        var text: [UInt8] = []
        append(to: &text, family: family)
        return String(decoding: text, as: UTF8.self)
    }
}
