import Testing
import Wire

struct LossMarkTests {
    private func read(_ datagram: [UInt8]) throws -> (control: NetlinkMessage.ControlType?, count: UInt64?) {
        var messages = NetlinkMessages(datagram.reader)
        guard let message = try messages.next() else { return (nil, nil) }
        return (message.control, LossMark.count(in: message))
    }

    @Test(arguments: [0, 1, 431, .max] as [UInt64])
    func aLossIsReadAsItWasWritten(count: UInt64) throws {
        var file: [UInt8] = []
        LossMark.append(count: count, to: &file)
        let mark = try read(file)
        #expect(mark.control == .overrun)
        #expect(mark.count == count)
        #expect(file.count % 4 == 0)
    }

    @Test
    func anOverrunWithoutANumberIsALossOfUnknownSize() throws {
        let mark = try read(.netlinkMessage(type: 4, body: [1, 2, 3, 4]))
        #expect(mark.control == .overrun)
        #expect(mark.count == nil)
    }
}
