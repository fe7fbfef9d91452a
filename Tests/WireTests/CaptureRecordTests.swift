import FlowModel
import Testing
import Wire

struct CaptureRecordTests {
    @Test(arguments: [NetlinkCapture.Direction.fromKernel, .toKernel], [NetlinkCapture.Family.route, .netfilter])
    func aNetlinkRecordIsReadAsItWasWritten(_ direction: NetlinkCapture.Direction, _ family: NetlinkCapture.Family) {
        var bytes: [UInt8] = []
        NetlinkCapture.appendHeader(direction, family, to: &bytes)
        #expect(bytes.count == NetlinkCapture.headerSize)
        bytes += ConntrackSample.new.bytes
        let record = NetlinkCapture(bytes.reader)
        let found = (record?.direction, record?.family, record?.messages.count)
        #expect(found.0 == direction)
        #expect(found.1 == family)
        #expect(found.2 == ConntrackSample.new.bytes.count)
    }

    /// As `tcpdump -i nlmon0` writes it: packet type, ARPHRD_NETLINK, no address, the netlink family.
    @Test
    func aRecordOfTheKernelsMonitorDeviceIsRead() {
        let cooked: [UInt8] = [0, 4, 0x03, 0x38, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12]
        let record = NetlinkCapture(cooked.reader)
        let found = (record?.direction, record?.family)
        #expect(found.0 == .toKernel)
        #expect(found.1 == .netfilter)
    }

    @Test
    func aFamilyThatNfmonDoesNotReadIsToldAsSuch() {
        var bytes: [UInt8] = []
        NetlinkCapture.appendHeader(.fromKernel, .route, to: &bytes)
        bytes[15] = 15
        let record = NetlinkCapture(bytes.reader)
        let found = (isRecord: record != nil, family: record?.family)
        #expect(found.isRecord)
        #expect(found.family == nil)
    }

    @Test
    func aRecordThatIsTooShortOrNotFromNetlinkIsNone() {
        var bytes: [UInt8] = []
        NetlinkCapture.appendHeader(.fromKernel, .netfilter, to: &bytes)
        for length in 0..<bytes.count {
            let prefix = Array(bytes.prefix(length))
            let isNone = NetlinkCapture(prefix.reader) == nil
            #expect(isNone)
        }
        bytes[3] = 1  // ARPHRD_ETHER
        let isNone = NetlinkCapture(bytes.reader) == nil
        #expect(isNone)
    }

    @Test
    func anNFLogRecordHasItsGroupAndAttributes() throws {
        let bytes: [UInt8] = [2, 0, 0, 100] + NFLogSample.output.attributes
        let record = try #require(try NFLogCapture.read(bytes))
        #expect(record.group == 100)
        #expect(record.prefix == "drop:ssh-out")
    }

    @Test(arguments: [[], [2], [2, 0], [2, 0, 0], [2, 1, 0, 100]] as [[UInt8]])
    func anNFLogRecordThatIsTooShortOrOfAnotherVersionIsNone(bytes: [UInt8]) {
        let isNone = NFLogCapture(bytes.reader) == nil
        #expect(isNone)
    }
}

extension NFLogCapture {
    fileprivate static func read(_ bytes: [UInt8]) throws -> (group: UInt16, prefix: String)? {
        guard let record = NFLogCapture(bytes.reader) else { return nil }
        let message = try NFLogMessage(attributes: record.attributes)
        return (record.group, String(decoding: [UInt8](copying: message.prefix), as: UTF8.self))
    }
}
