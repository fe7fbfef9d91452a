import FlowModel
import Testing
import Wire

struct NetlinkAnswerTests {
    private static let isCapped: UInt16 = 0x100
    private static let hasText: UInt16 = 0x200

    private func answer(_ message: [UInt8]) throws -> NetlinkAnswer? {
        var messages = NetlinkMessages(message.reader)
        guard let message = try messages.next() else { return nil }
        return message.control == .done ? try NetlinkAnswer(done: message) : try NetlinkAnswer(error: message)
    }

    private func text(_ sentence: String) -> [UInt8] {
        var attributes: [UInt8] = []
        attributes.addAttribute(2, number: 20 as UInt32)  // NLMSGERR_ATTR_OFFS
        attributes.addAttribute(1, [UInt8](text: sentence))
        return attributes
    }

    @Test
    func codeZeroIsAnAcknowledgement() throws {
        let request = [UInt8].netlinkMessage(type: 0x101, body: [])
        let answer = try answer(.netlinkMessage(type: 2, flags: Self.isCapped, body: [0, 0, 0, 0] + request))
        #expect(answer?.errorNumber == 0)
        #expect(answer?.text == nil)
    }

    @Test
    func aRefusalCarriesTheErrorNumber() throws {
        let request = [UInt8].netlinkMessage(type: 0x101, body: [1, 2, 3, 4])
        let answer = try answer(.netlinkMessage(type: 2, body: [UInt8](native: -1 as Int32) + request))
        #expect(answer?.errorNumber == 1)
        #expect(answer?.text == nil)
    }

    @Test(arguments: [0, 4, 5, 64])
    func theKernelsSentenceIsFoundBehindTheWholeRequest(requestBody: Int) throws {
        let request = [UInt8].netlinkMessage(type: 0x101, body: [UInt8](repeating: 0xaa, count: requestBody))
        let body = [UInt8](native: -22 as Int32) + request + text("Unsupported filter")
        let answer = try answer(.netlinkMessage(type: 2, flags: Self.hasText, body: body))
        #expect(answer?.errorNumber == 22)
        #expect(answer?.text == "Unsupported filter")
    }

    @Test
    func theKernelsSentenceIsFoundBehindACappedRequest() throws {
        var header = [UInt8].netlinkMessage(type: 0x101, body: [])
        // The length is that of the whole request, of which only the header is left.
        header.overwrite(at: 0, with: [UInt8](native: 400 as UInt32))
        let body = [UInt8](native: -22 as Int32) + header + text("Unsupported filter")
        let answer = try answer(.netlinkMessage(type: 2, flags: Self.isCapped | Self.hasText, body: body))
        #expect(answer?.text == "Unsupported filter")
    }

    @Test
    func aDumpThatFailedInItsMiddleSaysWhy() throws {
        let body = [UInt8](native: -11 as Int32) + text("Dump was interrupted")
        let answer = try answer(.netlinkMessage(type: 3, flags: 2 | Self.hasText, body: body))
        #expect(answer?.errorNumber == 11)
        #expect(answer?.text == "Dump was interrupted")
    }

    @Test(arguments: [[], [0, 0, 0, 0], [UInt8](native: 5 as Int32)])
    func aDumpThatEndedWellHasNoError(body: [UInt8]) throws {
        #expect(try answer(.netlinkMessage(type: 3, flags: 2, body: body))?.errorNumber == 0)
    }

    @Test
    func theSmallestNumberHasNoNegativeAndDoesNotTrap() throws {
        let code = [UInt8](native: Int32.min)
        #expect(try answer(.netlinkMessage(type: 2, body: code))?.errorNumber == .max)
        #expect(try answer(.netlinkMessage(type: 3, body: code))?.errorNumber == .max)
    }

    @Test
    func anErrorWithoutACodeIsMalformed() {
        for length in 0..<4 {
            #expect(throws: WireFault.familyHeader) {
                try answer(.netlinkMessage(type: 2, body: [UInt8](repeating: 0, count: length)))
            }
        }
    }

    @Test
    func everyPrefixOfARefusalIsReadOrRejectedByKind() {
        let request = [UInt8].netlinkMessage(type: 0x101, body: [1, 2, 3, 4])
        let body = [UInt8](native: -22 as Int32) + request + text("Unsupported filter")
        for length in 0...body.count {
            do throws(WireFault) {
                let message = [UInt8].netlinkMessage(type: 2, flags: Self.hasText, body: Array(body.prefix(length)))
                var messages = NetlinkMessages(message.reader)
                guard let message = try messages.next() else { continue }
                let number = try NetlinkAnswer(error: message).errorNumber
                #expect(number == 22)
            } catch {
                #expect([.familyHeader, .attributeLength].contains(error))
            }
        }
    }
}
