import FlowModel
import Testing
import Wire

struct ConntrackMessageTests {
    private func decode(_ fill: (inout [UInt8]) -> Void) throws -> DecodedConntrack {
        var attributes: [UInt8] = []
        attributes.addTuple(1, .web)
        fill(&attributes)
        return try DecodedConntrack(attributes: attributes)
    }

    @Test(arguments: ConntrackAttribute.all)
    func everyAttributeIsRead(_ attribute: ConntrackAttribute) throws {
        let decoded = try decode(attribute.fill)
        #expect(attribute.isRead(decoded))
        #expect(decoded.entry.original.withoutZone == .web)
    }

    @Test(arguments: [FlowKey.web, .webReply, .names, .ping, .ping6])
    func everyKindOfTupleIsRead(_ key: FlowKey) throws {
        var attributes: [UInt8] = []
        attributes.addTuple(1, key)
        #expect(try DecodedConntrack(attributes: attributes).entry.original == key)
    }

    /// The kernel has one order, and the decoder a short way for it.
    @Test(arguments: [FlowKey.web, .webReply, .names])
    func aTupleReadsTheSameInWhateverOrderItsPartsCome(_ key: FlowKey) throws {
        var attributes: [UInt8] = []
        attributes.addNest(1) { tuple in
            tuple.addNest(2) { transport in
                transport.addAttribute(3, number: key.destinationPort)
                transport.addAttribute(2, number: key.sourcePort)
                transport.addAttribute(1, number: key.transport.rawValue)
            }
            tuple.addNest(1) { addresses in
                switch key.family {
                case .ipv4:
                    addresses.addAttribute(2, number: key.destination.ipv4Bits)
                    addresses.addAttribute(1, number: key.source.ipv4Bits)
                case .ipv6:
                    addresses.addAttribute(4, [UInt8](big: key.destination.high) + [UInt8](big: key.destination.low))
                    addresses.addAttribute(3, [UInt8](big: key.source.high) + [UInt8](big: key.source.low))
                }
            }
        }
        #expect(try DecodedConntrack(attributes: attributes).entry.original == key)
    }

    @Test
    func whatAMessageDoesNotCarryIsUnknownAndNotZero() throws {
        let decoded = try decode { _ in }
        #expect(decoded.entry.originalCounters == nil)
        #expect(decoded.entry.replyCounters == nil)
        #expect(decoded.entry.mark == nil)
        #expect(decoded.entry.status == nil)
        #expect(decoded.entry.timeout == nil)
        #expect(decoded.entry.start == nil)
        #expect(decoded.entry.tcpState == nil)
        #expect(decoded.labels == nil)
        #expect(decoded.entry.id == nil)
        #expect(decoded.helper.isEmpty)
    }

    @Test
    func aMissingReplyTupleIsTheOriginalsInverse() throws {
        #expect(try decode { _ in }.entry.reply == FlowKey.web.inverse)
    }

    @Test
    func aMessageWithoutOriginalTupleIsRefused() {
        var attributes: [UInt8] = []
        attributes.addTuple(2, .webReply)
        #expect(throws: WireFault.missingTuple) { try DecodedConntrack(attributes: attributes) }
        #expect(throws: WireFault.missingTuple) { try DecodedConntrack(attributes: []) }
    }

    @Test
    func unknownAttributesAreSkippedAtEveryLevel() throws {
        let decoded = try decode {
            $0.addAttribute(200, [1, 2, 3])
            $0.addAttribute(0x3fff, [])
            $0.addNest(9) {
                $0.addAttribute(77, [1])
                $0.addAttribute(2, number: 10 as UInt64)
            }
            $0.addTuple(2, .webReply)
            $0.addNest(2) { $0.addNest(2) { $0.addAttribute(99, [9, 9]) } }
        }
        #expect(decoded.entry.originalCounters?.byteCount == 10)
        #expect(decoded.entry.reply == .webReply)
    }

    @Test
    func theFlagsInAnAttributesTypeAreNoPartOfItsNumber() throws {
        let decoded = try decode { $0.addAttribute(8 | 0x4000, number: 5 as UInt32) }  // NLA_F_NET_BYTEORDER
        #expect(decoded.entry.mark == 5)
    }

    /// Attributes are only four-byte aligned, so a 64-bit value may lie across.
    @Test
    func wideNumbersAreReadFromAnyAlignment() throws {
        for shift in 0..<8 {
            var bytes = [UInt8](repeating: 0xee, count: shift)
            bytes.addTupleAndCounters()
            let decoded = try DecodedConntrack(bytes.reader.slice(from: shift))
            #expect(decoded.entry.originalCounters == Counters(packetCount: 0x0102_0304, byteCount: 0x0506_0708))
        }
    }

    @Test
    func aHelpersNameEndsAtItsNULOrWithItsAttribute() throws {
        #expect(try decode { $0.addNest(5) { $0.addAttribute(1, Array("ftp\0junk".utf8)) } }.helper == "ftp")
        #expect(try decode { $0.addNest(5) { $0.addAttribute(1, Array("ftp".utf8)) } }.helper == "ftp")
        #expect(try decode { $0.addNest(5) { $0.addAttribute(2, [1]) } }.helper.isEmpty)
    }
}

extension [UInt8] {
    fileprivate mutating func addTupleAndCounters() {
        var attributes: [UInt8] = []
        attributes.addTuple(1, .web)
        attributes.addCounters(9, packets: 0x0102_0304, bytes: 0x0506_0708)
        self += attributes
    }
}

extension ConntrackSample: CustomTestStringConvertible {
    var testDescription: String { name }
}
