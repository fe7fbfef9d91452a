import FlowModel
import Testing
import Wire

struct LossMarkTests {
    private func read(
        _ datagram: [UInt8]
    ) throws -> (control: NetlinkMessage.ControlType?, count: UInt64?, lane: Lane?) {
        var messages = NetlinkMessages(datagram.reader)
        guard let message = try messages.next() else { return (nil, nil, nil) }
        return (message.control, LossMark.count(in: message), LossMark.lane(in: message))
    }

    @Test(arguments: [0, 1, 431, .max] as [UInt64])
    func aLossIsReadAsItWasWritten(count: UInt64) throws {
        var file: [UInt8] = []
        let lane: Lane = count == 1 ? .nflog : .conntrack
        LossMark.append(count: count, lane: lane, to: &file)
        let mark = try read(file)
        #expect(mark.lane == lane)
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
