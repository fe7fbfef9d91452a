import FlowModel
import Testing
import Wire

struct NFLogMessageTests {
    /// Decodes and hands the message to `body`, which may look but not keep.
    private func withMessage<Value>(
        _ attributes: [UInt8], _ body: (borrowing NFLogMessage) throws -> Value
    ) throws -> Value {
        try body(NFLogMessage(attributes: attributes.reader))
    }

    private func message(_ fill: (inout [UInt8]) -> Void) -> [UInt8] {
        var attributes: [UInt8] = []
        fill(&attributes)
        attributes.addAttribute(9, .ipv4(17, .ports(1, 2)))
        return attributes
    }

    @Test
    func everythingThatTheKernelsLoggerKnowsIsRead() throws {
        try withMessage(NFLogSample.everything.attributes) {
            #expect($0.etherType == 0x86dd)
            #expect($0.hook == 2)
            #expect([UInt8](copying: $0.prefix) == Array("accept:lan-out".utf8))
            #expect($0.mark == 0x8000_002a)
            #expect($0.time == Timestamp(nanoseconds: 1_767_607_872_131_415_000))
            #expect($0.inInterface == 2)
            #expect($0.outInterface == 3)
            #expect($0.physicalInInterface == 4)
            #expect($0.physicalOutInterface == 5)
            #expect([UInt8](copying: $0.hardwareAddress) == [2, 0, 0, 0, 0, 7])
            #expect($0.hardwareType == 1)
            #expect([UInt8](copying: $0.hardwareHeader) == [UInt8](0..<14))
            #expect($0.sequence == 41)
            #expect($0.globalSequence == 1042)
            #expect($0.conntrackInfo == 2)
            #expect($0.vlan?.protocolNumber == 0x8100)
            #expect($0.vlan?.control == 0x6064)
            #expect([UInt8](copying: $0.linkHeader) == [UInt8](0..<18))
            let key = try IPPacket($0.payload).key
            #expect(key == .ping6)
        }
        try withMessage(NFLogSample.output.attributes) {
            #expect($0.hook == 3)
            #expect($0.userID == 1000)
            #expect($0.groupID == 1001)
            #expect($0.sequence == 0)
        }
    }

    @Test
    func theAttachedConntrackEntryIsTheExactWayToTheSession() throws {
        try withMessage(NFLogSample.everything.attributes) {
            let decoded = try DecodedConntrack($0.conntrack)
            #expect(decoded.entry.original.withoutZone == .ping6)
            #expect(decoded.entry.original.zone == 9)
        }
    }

    @Test
    func thePacketsWayAndOwnerAreThoseOfItsAttributes() throws {
        try withMessage(NFLogSample.everything.attributes) {
            let path = $0.path
            #expect((path.inInterface, path.outInterface) == (2, 3))
            #expect((path.physicalIn, path.physicalOut) == (4, 5))
            #expect(path.sender == HardwareAddress([2, 0, 0, 0, 0, 7].span))
            #expect(path.vlan == 100, "the lower 12 bits")
            #expect($0.owner == nil)
            #expect($0.direction == .original)
        }
        try withMessage(NFLogSample.output.attributes) {
            #expect($0.owner == SocketOwner(userID: 1000, groupID: 1001))
            #expect($0.path.sender.isNone)
            #expect($0.path.vlan == nil)
        }
    }

    /// `enum ip_conntrack_info`: established, related and new, then the first two of answers.
    @Test(
        arguments: [
            (0, .original), (1, .original), (2, .original), (3, .reply), (4, .reply), (5, nil), (7, nil),
        ] as [(UInt32, FlowDirection?)])
    func theKernelSaysWhichWayAPacketGoes(_ info: UInt32, _ direction: FlowDirection?) throws {
        try withMessage(message { $0.addAttribute(19, number: info) }) { #expect($0.direction == direction) }
    }

    @Test
    func whatTheKernelDidNotSendIsUnknown() throws {
        try withMessage(message { _ in }) {
            #expect($0.mark == nil)
            #expect($0.time == nil)
            #expect($0.userID == nil)
            #expect($0.sequence == nil)
            #expect($0.vlan == nil)
            #expect($0.conntrackInfo == nil)
            #expect($0.prefix.count == 0)
            #expect($0.hardwareAddress.count == 0)
            #expect($0.conntrack.count == 0)
            #expect($0.inInterface == 0)
        }
    }

    @Test
    func aMessageWithoutAPayloadIsRefused() {
        #expect(throws: WireFault.missingPayload) { try withMessage([]) { _ in } }
    }

    @Test
    func unknownAttributesAreSkipped() throws {
        let mark = try withMessage(
            message {
                $0.addAttribute(99, [1, 2, 3])
                $0.addAttribute(2, number: 5 as UInt32)
            }
        ) { $0.mark }
        #expect(mark == 5)
    }

    @Test(
        arguments: [
            (2, 4), (4, 4), (5, 4), (6, 4), (7, 4), (11, 4), (12, 4), (13, 4), (14, 4), (15, 2), (17, 2), (19, 4),
            (3, 16),
        ] as [(UInt16, Int)])
    func aNumberOfAnotherSizeIsRejectedAtEveryLength(type: UInt16, size: Int) throws {
        for length in 0...20 {
            let bytes = message { $0.addAttribute(type, [UInt8](repeating: 1, count: length)) }
            if length == size {
                try withMessage(bytes) { _ in }
            } else {
                #expect(throws: WireFault.scalarLength) { try withMessage(bytes) { _ in } }
            }
        }
    }

    @Test(arguments: [[], [0], [0, 6], [0, 6, 0, 0, 1, 2, 3, 4, 5], [0, 9, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]])
    func aHardwareAddressThatIsShorterThanItSaysOrTooLongIsRejected(value: [UInt8]) {
        let bytes = message { $0.addAttribute(8, value) }
        #expect(throws: WireFault.scalarLength) { try withMessage(bytes) { _ in } }
    }

    @Test
    func aPacketHeaderShorterThanTheHookIsRejected() {
        for length in 0..<3 {
            let bytes = message { $0.addAttribute(1, [UInt8](repeating: 0, count: length)) }
            #expect(throws: WireFault.scalarLength) { try withMessage(bytes) { _ in } }
        }
    }

    @Test
    func aTimeBeyondAllCalendarsDoesNotTrap() throws {
        let time = try withMessage(message { $0.addAttribute(3, [UInt8](repeating: 0xff, count: 16)) }) { $0.time }
        #expect(time != nil)
    }

    @Test(arguments: NFLogSample.all)
    func everyPrefixOfAMessageIsDecodedOrRejectedByKind(_ sample: NFLogSample) {
        for length in 0..<sample.attributes.count {
            var fault: WireFault?
            let bytes = Array(sample.attributes.prefix(length))
            do throws(WireFault) { _ = try NFLogMessage(attributes: bytes.reader) } catch { fault = error }
            #expect(fault == .attributeLength || fault == .missingPayload, "the payload comes last")
        }
    }
}

extension NFLogSample: CustomTestStringConvertible {
    var testDescription: String { name }
}
