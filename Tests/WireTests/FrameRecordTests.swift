import FlowModel
import Testing
import Wire

/// Frames as savefiles have them.
struct FrameRecordTests {
    private static let packet: [UInt8] = .ipv4(17, .ports(4000, 53))

    private func facts(_ linkType: LinkType = .ethernet, vlan: UInt16? = nil, length: Int) -> FrameFacts {
        var facts = FrameFacts(
            time: Timestamp(seconds: 7, nanoseconds: 9), originalLength: length, interface: 3, direction: .ingress,
            linkType: linkType, vlan: vlan)
        facts.vlanType = 0x88a8
        return facts
    }

    /// The record's lengths and its bytes.
    private func record(
        _ bytes: [UInt8], _ facts: FrameFacts, cooked: Bool = false, snapLength: UInt32 = SavefileRecord.longest
    ) -> (captured: Int, original: Int, bytes: [UInt8]) {
        var file: [UInt8] = []
        SavefileRecord.append(Frame(bytes.reader, facts), cooked: cooked, snapLength: snapLength, to: &file)
        #expect(
            file.count == SavefileRecord.length(of: Frame(bytes.reader, facts), cooked: cooked, snapLength: snapLength))
        let header = try? SavefileRecord(file.reader, at: 0, in: SavefileHeader(linkType: .ethernet))
        return (header?.capturedLength ?? 0, header?.originalLength ?? 0, Array(file.dropFirst(SavefileRecord.size)))
    }

    @Test
    func aTagStandsWhereItWas() {
        let bytes = FrameSample.ethernet(0x0800) + Self.packet
        let plain = record(bytes, facts(length: bytes.count))
        #expect(plain.bytes == bytes)
        #expect([plain.captured, plain.original] == [bytes.count, bytes.count])
        let tagged = record(bytes, facts(vlan: 0x2064, length: bytes.count))
        #expect(tagged.bytes == Array(bytes[..<12]) + [0x88, 0xa8, 0x20, 0x64] + Array(bytes[12...]))
        #expect(tagged.original == bytes.count + 4)
    }

    @Test(arguments: [20, 60, 64, 200, 4000] as [UInt32])
    func noRecordIsLongerThanTheFileSays(snapLength: UInt32) {
        let bytes = FrameSample.ethernet(0x0800) + .ipv4(17, .ports(4000, 53, count: 180))
        for cooked in [false, true] {
            for vlan in [nil, 5 as UInt16] {
                let whole = record(bytes, facts(vlan: vlan, length: 9000), cooked: cooked)
                let cut = record(bytes, facts(vlan: vlan, length: 9000), cooked: cooked, snapLength: snapLength)
                #expect(cut.bytes == Array(whole.bytes.prefix(Int(snapLength))))
                #expect(cut.captured == cut.bytes.count)
                #expect(cut.original == whole.original)
            }
        }
    }

    @Test
    func aCookedRecordIsReadAsWhatTheFrameWas() throws {
        let bytes = FrameSample.ethernet(0x0800) + Self.packet
        for (vlan, direction) in [(nil as UInt16?, FrameDirection.ingress), (100, .egress)] {
            var told = facts(vlan: vlan, length: bytes.count)
            told.direction = direction
            let cooked = record(bytes, told, cooked: true).bytes
            let header = try LinkHeader(
                Frame(
                    cooked.reader,
                    FrameFacts(time: told.time, originalLength: cooked.count, linkType: .linuxCooked2)))
            #expect(Array(cooked.dropFirst(header.length)) == Self.packet)
            #expect(header.interface == 3)
            #expect(header.direction == direction)
            #expect(header.vlan == vlan)
        }
    }

    @Test
    func whatHasNoEthertypeGetsTheKernelsWord() {
        // 802.3 with LLC; an interface without addresses; one without a link layer.
        let llc = record(FrameSample.ethernet(38, [0x42, 0x42, 3]), facts(length: 17), cooked: true).bytes
        #expect(llc[0..<2] == [0, 4])
        #expect(Array(llc.dropFirst(20)) == [0x42, 0x42, 3])
        let loopback = [UInt8](repeating: 0, count: 12) + [8, 0] + Self.packet
        #expect(record(loopback, facts(length: loopback.count), cooked: true).bytes[8..<10] == [3, 4])
        let raw = record(FrameSample.ipv6, facts(.raw, length: 48), cooked: true).bytes
        #expect(raw[0..<2] == [0x86, 0xdd])
        #expect(raw[8..<10] == [0xff, 0xfe])
        #expect(Array(raw.dropFirst(20)) == FrameSample.ipv6)
    }
}
