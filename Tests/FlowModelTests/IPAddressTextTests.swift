import FlowModel
import Testing

struct IPAddressTextTests {
    @Test(
        arguments: zip(
            [0, 0x0a00_0007, 0xc000_0201, .max] as [UInt32], ["0.0.0.0", "10.0.0.7", "192.0.2.1", "255.255.255.255"]))
    func anIPv4AddressIsADottedQuad(bits: UInt32, text: String) {
        #expect(IPAddress(ipv4: bits).description(family: .ipv4) == text)
    }

    /// RFC 5952's own examples and its corners.
    @Test(
        arguments: [
            (0, 0, "::"), (0, 1, "::1"), (0x2001_0db8_0000_0000, 1, "2001:db8::1"),
            (0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
            (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "2001:0:0:1::1"),
            (0x2001_0db8_0000_0000, 0x0001_0000_0000_0001, "2001:db8::1:0:0:1"),
            (0x0001_0000_0000_0000, 0, "1::"), (.max, .max, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            (0xfe80_0000_0000_0000, 0x0200_5eff_fe00_5301, "fe80::200:5eff:fe00:5301"),
            (0, 0xffff_c000_0201, "::ffff:192.0.2.1"),
        ] as [(UInt64, UInt64, String)])
    func anIPv6AddressIsWrittenAsRFC5952Recommends(high: UInt64, low: UInt64, text: String) {
        #expect(IPAddress(high: high, low: low).description(family: .ipv6) == text)
    }
}

extension IPAddressTextTests {
    /// Every pattern of zero groups, beside the definition read literally.
    @Test
    func theLongestZeroRunIsTheFirstOfTheLongest() {
        for pattern in 0..<256 {
            let groups = (0..<8).map { pattern >> $0 & 1 == 1 ? 0 as UInt64 : [1, 0x8000, 0x7fff, 0xffff][$0 % 4] }
            let halves = [groups[..<4], groups[4...]].map { $0.reduce(0 as UInt64) { $0 << 16 | $1 } }
            var longest = 0..<0
            for start in 0..<8 {
                for end in stride(from: start + 2, through: 8, by: 1)
                where groups[start..<end].allSatisfy({ $0 == 0 }) && end - start > longest.count {
                    longest = start..<end
                }
            }
            #expect(IPAddress(high: halves[0], low: halves[1]).longestZeroRun == longest)
        }
    }
}
