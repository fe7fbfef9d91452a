import FlowModel
import Testing

struct DigitTextTests {
    private func text(_ fill: (inout [UInt8]) -> Void) -> String {
        var bytes = Array("=".utf8)
        fill(&bytes)
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    @Test(arguments: [0, 1, 9, 10, 11, 99, 100, 12_345, 4_294_967_296, .max - 1, .max] as [UInt64])
    func numbersAreWrittenInDecimalAndHexadecimal(_ number: UInt64) {
        #expect(text { $0.appendDecimal(number) } == String(number))
        #expect(text { $0.appendHexadecimal(number) } == String(number, radix: 16))
    }

    @Test
    func everyPowerOfTwoAndTenIsWritten() {
        for shift in 0..<64 {
            let number: UInt64 = 1 << UInt64(shift)
            #expect(text { $0.appendHexadecimal(number) } == String(number, radix: 16))
        }
        var number: UInt64 = 1
        for _ in 0..<19 {
            number *= 10
            #expect(text { $0.appendDecimal(number - 1) } == String(number - 1))
            #expect(text { $0.appendDecimal(number) } == String(number))
        }
    }

    @Test
    func aWidthIsFilledWithZeros() {
        #expect(text { $0.appendDecimal(7, width: 3) } == "007")
        #expect(text { $0.appendDecimal(123, width: 3) } == "123")
        #expect(text { $0.appendHexadecimal(0xab, width: 8) } == "000000ab")
        #expect(text { $0.appendHexadecimal(0xabcdef, width: 2) } == "abcdef")
    }
}
