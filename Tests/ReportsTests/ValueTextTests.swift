import FlowModel
import Foundation
import Testing

@testable import Reports

// Addresses, times and numbers, by both ways to write them: FlowModel's, and the one of JSON.

struct ValueTextTests {
    @Test func ipv6TextIsWhatTheLibraryWrites() {
        var generator = SystemRandomNumberGenerator()
        var addresses = Self.specialAddresses
        for _ in 0..<5000 {
            // Groups are often zero, so that runs of every length and place come up.
            var address = IPAddress.unspecified
            for _ in 0..<8 {
                let group = UInt64.random(in: 0..<3, using: &generator) == 0 ? generator.next() as UInt16 : 0
                address.high = address.high << 16 | address.low >> 48
                address.low = address.low << 16 | UInt64(group)
            }
            addresses.append(address)
        }
        for address in addresses where !address.isIPv4Compatible {
            let expected = libraryText(address)
            #expect(address.description(family: .ipv6) == expected)
            #expect(inJSON { $0.append(address, family: .ipv6) } == expected)
        }
    }

    @Test func ipv4TextIsADottedQuad() {
        for bits: UInt32 in [0, 0xffff_ffff, 0x0a00_0007, 0x0102_0304, 0xc0a8_6400, 0x7f00_0001] {
            let expected = [24, 16, 8, 0].map { String(bits >> UInt32($0) & 0xff) }.joined(separator: ".")
            let address = IPAddress(ipv4: bits)
            #expect(address.description(family: .ipv4) == expected)
            #expect(inJSON { $0.append(address, family: .ipv4) } == expected)
        }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (951_782_399_999_999_999, "2000-02-28T23:59:59.999999Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
        (951_868_800_000_001_000, "2000-03-01T00:00:00.000001Z"),
        (1_767_607_872_131_415_926, "2026-01-05T10:11:12.131415Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z"),
        (Int64.max, "2262-04-11T23:47:16.854775Z"), (-1, "1970-01-01T00:00:00.000000Z"),
    ])
    func timesAreRFC3339InUTC(nanoseconds: Int64, text: String) {
        let time = Timestamp(nanoseconds: nanoseconds)
        #expect(time.description == text)
        #expect(inJSON { $0.append(time) } == text)
    }

    @Test func bothWaysToWriteATimeAgree() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let time = Timestamp(nanoseconds: .random(in: 0 ... .max, using: &generator))
            #expect(inJSON { $0.append(time) } == time.description)
        }
    }

    @Test func numbersAreWhatTheStandardLibraryWrites() {
        var generator = SystemRandomNumberGenerator()
        var numbers: [UInt64] = [0, .max]
        for shift in 0..<64 {
            numbers.append(1 << UInt64(shift))
            numbers.append(generator.next() >> UInt64(shift))
        }
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            numbers += [power - 1, power, power + 1]
        }
        for number in numbers + (0..<12_000) {
            #expect(inJSON { $0.append(decimal: number) } == String(number))
            let digits = String(number, radix: 16)
            #expect(
                inJSON { $0.append(hexadecimal: number) } == String(repeating: "0", count: 16 - digits.count) + digits)
        }
    }

    private static var specialAddresses: [IPAddress] {
        [
            IPAddress(high: 0, low: 0), IPAddress(high: 0, low: 0xffff_c000_0201),
            IPAddress(high: 0x2001_0db8_0000_0000, low: 0), IPAddress(high: 0x2001_0db8_0000_0001, low: 1),
            IPAddress(high: 0x2001_0000_0000_0001, low: 0x0000_0000_0000_0001),
            IPAddress(high: 0x0001_0002_0003_0004, low: 0x0005_0006_0007_0008),
            IPAddress(high: 0xfe80_0000_0000_0000, low: 0x0200_5eff_fe00_5301),
            IPAddress(high: 0, low: 0x0001_0000_0000_0000), IPAddress(high: .max, low: .max),
            IPAddress(high: 0x0000_0001_0000_0001, low: 0x0000_0001_0000_0001),
        ]
    }

    private func inJSON(_ body: (inout JSONText) -> Void) -> String {
        var page = JSONPage()
        var buffer: [UInt8] = []
        var text = page.text(NameBook(names: NameTable().snapshot, interfaces: [:]))
        body(&text)
        page.flush(text.end, into: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    private func libraryText(_ address: IPAddress) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        for index in 0..<8 {
            bytes[index] = UInt8(truncatingIfNeeded: address.high >> UInt64(56 - 8 * index))
            bytes[8 + index] = UInt8(truncatingIfNeeded: address.low >> UInt64(56 - 8 * index))
        }
        var text = [CChar](repeating: 0, count: 46)
        // SAFETY: sixteen bytes are an IPv6 address, and 46 are INET6_ADDRSTRLEN.
        _ = unsafe inet_ntop(AF_INET6, bytes, &text, 46)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IPAddress {
    /// `::a.b.c.d`, deprecated by RFC 4291, which glibc still writes with a dotted quad.
    fileprivate var isIPv4Compatible: Bool { high == 0 && low >> 32 == 0 && low >> 16 != 0 }
}
