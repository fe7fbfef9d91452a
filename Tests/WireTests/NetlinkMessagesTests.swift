import FlowModel
import Testing
import Wire

struct NetlinkMessagesTests {
    /// What of a message an expectation can hold.
    struct Seen: Equatable {
        var type: UInt16
        var flags: UInt16
        var sequence: UInt32
        var port: UInt32
        var body: [UInt8]
    }

    private func walk(_ datagram: [UInt8]) throws -> [Seen] {
        var seen: [Seen] = []
        var messages = NetlinkMessages(datagram.reader)
        while let message = try messages.next() {
            var body: [UInt8] = []
            body.append(message.body.bytes)
            seen.append(
                Seen(
                    type: message.type, flags: message.flags, sequence: message.sequence, port: message.port,
                    body: body))
        }
        return seen
    }

    @Test
    func theMessagesOfADatagramComeInOrderWithTheirHeaders() throws {
        let datagram: [UInt8] =
            .netlinkMessage(type: 0x100, flags: 2, sequence: 7, port: 9, body: [1, 2, 3, 4, 5])
            + .netlinkMessage(type: 0x101, flags: 0x602, sequence: 8, port: 0, body: [])
            + .netlinkMessage(type: 3, flags: 2, sequence: 7, port: 9, body: [0, 0, 0, 0])
        #expect(
            try walk(datagram) == [
                Seen(type: 0x100, flags: 2, sequence: 7, port: 9, body: [1, 2, 3, 4, 5]),
                Seen(type: 0x101, flags: 0x602, sequence: 8, port: 0, body: []),
                Seen(type: 3, flags: 2, sequence: 7, port: 9, body: [0, 0, 0, 0]),
            ])
    }

    @Test
    func anEmptyDatagramHasNoMessages() throws { #expect(try walk([]).isEmpty) }

    @Test
    func theLastMessageNeedsNoPadding() throws {
        let datagram = [UInt8].netlinkMessage(type: 0x100, body: [1, 2, 3]).dropLast()
        #expect(try walk(Array(datagram)).first?.body == [1, 2, 3])
    }

    @Test
    func onlyAMultipartMessageSaysThatOthersFollow() throws {
        for (flags, expected) in [(0, false), (2, true), (0x602, true), (0x600, false)] as [(UInt16, Bool)] {
            let datagram = [UInt8].netlinkMessage(type: 0x100, flags: flags, body: [])
            var messages = NetlinkMessages(datagram.reader)
            let isMultipart = try messages.next()?.isMultipart
            #expect(isMultipart == expected)
        }
    }

    @Test(
        arguments: [(1, .noOperation), (2, .error), (3, .done), (4, .overrun), (0x100, nil)]
            as [(UInt16, NetlinkMessage.ControlType?)])
    func controlMessagesAreToldByTheirType(type: UInt16, control: NetlinkMessage.ControlType?) throws {
        let datagram = [UInt8].netlinkMessage(type: type, body: [])
        var messages = NetlinkMessages(datagram.reader)
        let found = try messages.next()?.control
        #expect(found == control)
    }

    @Test(arguments: [0, 1, 15, 21, 0xffff, 0x8000_0000, 0xffff_ffff] as [UInt32])
    func aLengthBelowTheHeadersOrBeyondTheDatagramEndsTheWalk(_ length: UInt32) throws {
        var second = [UInt8].netlinkMessage(type: 0x100, body: [1, 2, 3, 4])
        second.overwrite(at: 0, with: [UInt8](native: length))
        let datagram = [UInt8].netlinkMessage(type: 0x101, body: []) + second
        var messages = NetlinkMessages(datagram.reader)
        let first = try messages.next()?.type
        #expect(first == 0x101)
        var fault: WireFault?
        do throws(WireFault) { _ = try messages.next() } catch { fault = error }
        #expect(fault == .messageLength)
        let isAtEnd = try messages.next() == nil
        #expect(isAtEnd)
    }

    @Test
    func aCutHeaderIsRejectedAtEveryLength() {
        let datagram = [UInt8].netlinkMessage(type: 0x100, body: [])
        for length in 1..<datagram.count {
            #expect(throws: WireFault.messageLength) { try walk(Array(datagram.prefix(length))) }
        }
    }
}
