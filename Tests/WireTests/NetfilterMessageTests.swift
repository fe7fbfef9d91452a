import FlowModel
import Testing
import Wire

struct NetfilterMessageTests {
    private func decode<Value>(
        _ datagram: [UInt8], _ body: (borrowing NetfilterMessage) throws -> Value
    ) throws -> Value? {
        var messages = NetlinkMessages(datagram.reader)
        guard let message = try messages.next(), let netfilter = try NetfilterMessage(message) else { return nil }
        return try body(netfilter)
    }

    @Test
    func subsystemTypeFamilyAndGroupAreTold() throws {
        let bytes = [UInt8].netfilterMessage(
            subsystem: 4, type: 0, family: 10, resource: 513, attributes: [4, 0, 1, 0])
        try decode(bytes) {
            #expect($0.subsystem == .log)
            #expect($0.type == 0)
            #expect($0.family == 10)
            #expect($0.resource == 513)
            #expect($0.attributes.count == 4)
        }
        #expect(try decode(ConntrackSample.destroy.bytes) { $0.subsystem } == .conntrack)
        #expect(try decode(ConntrackSample.destroy.bytes) { $0.type } == 2)
    }

    @Test(arguments: [0, 2, 3, 10, 255] as [UInt8])
    func anotherSubsystemsMessageIsNobodysError(subsystem: UInt8) throws {
        let bytes = [UInt8].netfilterMessage(subsystem: subsystem, type: 0, attributes: [])
        #expect(try decode(bytes) { $0.type } == nil)
    }

    @Test
    func aMessageShorterThanItsHeaderIsRejectedAtEveryLength() {
        for length in 0..<4 {
            let bytes = [UInt8].netlinkMessage(type: 0x100, body: [UInt8](repeating: 0, count: length))
            #expect(throws: WireFault.familyHeader) { try decode(bytes) { $0.type } }
        }
    }
}
