import FlowModel
import Testing
import Wire

/// Frames as pcapng files have them, read back.
struct PcapngWriterTests {
    private static let bytes = FrameSample.ethernet(0x0800) + [UInt8].ipv4(17, .ports(4000, 53))
    private static let start = Timestamp(seconds: 1_767_607_872, nanoseconds: 5)

    private func writer(filter: String = "", snapLength: UInt32 = SavefileRecord.longest) -> PcapngWriter {
        var origin = PcapngWriter.Origin()
        origin.application = "nfmon"
        origin.system = "Linux"
        origin.filter = filter
        return PcapngWriter(origin, snapLength: snapLength)
    }

    private func facts(
        _ interface: InterfaceIndex = 3, _ direction: FrameDirection = .ingress, vlan: UInt16? = nil,
        linkType: LinkType = .ethernet
    ) -> FrameFacts {
        FrameFacts(
            time: Timestamp(seconds: 1_767_607_872, nanoseconds: 131_415_926), originalLength: Self.bytes.count,
            interface: interface, direction: direction, linkType: linkType, vlan: vlan)
    }

    private func append(
        _ facts: FrameFacts, _ bytes: [UInt8] = bytes, to writer: inout PcapngWriter, _ file: inout [UInt8],
        name: String = ""
    ) {
        let frame = Frame(bytes.reader, facts)
        if !writer.use(facts.interface, facts.linkType) {
            let length = file.count
            writer.describe(facts.interface, facts.linkType, name: Array(name.utf8), to: &file)
            #expect(file.count - length <= writer.descriptionLength)
        }
        let length = file.count
        writer.append(frame, to: &file)
        #expect(file.count - length == writer.length(of: frame))
        #expect(file.count % 4 == 0)
    }

    @Test
    func framesAreReadWithTheirInterfacesTimesAndWays() throws {
        var writer = writer()
        var file: [UInt8] = []
        writer.addCapture(of: 3, name: Array("lan0".utf8), linkType: .ethernet)
        writer.addCapture(of: 4, name: Array("wan0".utf8), linkType: .ethernet)
        writer.begin(at: Self.start, to: &file)
        append(facts(3, .ingress), to: &writer, &file)
        append(facts(4, .egress), to: &writer, &file)
        writer.end(at: Self.start, to: &file)
        let walk = SavefileWalk(file)
        #expect(walk.fault == nil)
        #expect(
            walk.interfaces == [
                SavefileInterface(number: 0, linkType: 1, name: Array("lan0".utf8)),
                SavefileInterface(number: 1, linkType: 1, name: Array("wan0".utf8)),
            ])
        try #require(walk.records.count == 2)
        #expect(walk.records.map(\.bytes) == [Self.bytes, Self.bytes])
        #expect(walk.records.map(\.record.interface) == [0, 1])
        #expect(walk.records.map(\.record.direction) == [.ingress, .egress])
        #expect(walk.records[0].record.time == Timestamp(seconds: 1_767_607_872, nanoseconds: 131_415_926))
        #expect(walk.losses.isEmpty)
    }

    @Test
    func anInterfaceThatComesLaterIsDescribedOnceAndInTheFilesThatFollow() {
        var writer = writer(filter: "udp")
        var file: [UInt8] = []
        writer.addCapture(of: 0, name: Array("any".utf8), linkType: .ethernet)
        writer.begin(at: Self.start, to: &file)
        append(facts(7), to: &writer, &file, name: "lan0")
        append(facts(7), to: &writer, &file)
        append(facts(9, linkType: .raw), Array(Self.bytes.dropFirst(14)), to: &writer, &file, name: "tun0")
        // Made anew under its name; and two of which nobody knows the name any more.
        append(facts(12), to: &writer, &file, name: "lan0")
        append(facts(13), to: &writer, &file)
        append(facts(14), to: &writer, &file)
        let first = SavefileWalk(file)
        #expect(first.fault == nil)
        #expect(first.interfaces.map { String(decoding: $0.name, as: UTF8.self) } == ["any", "lan0", "tun0", "", ""])
        #expect(first.interfaces.map(\.linkType) == [1, 1, 101, 1, 1])
        #expect(first.records.map(\.record.interface) == [1, 1, 2, 1, 3, 4])
        file = []
        writer.begin(at: Self.start, to: &file)
        append(facts(9, linkType: .raw), to: &writer, &file)
        let second = SavefileWalk(file)
        #expect(second.interfaces == first.interfaces)
        #expect(second.records.map(\.record.interface) == [2])
    }

    /// On a host of containers interfaces come and go for as long as it is recorded.
    @Test
    func anInterfaceOfWhichAFileHasNothingIsNotInTheNextOne() {
        var writer = writer()
        var file: [UInt8] = []
        writer.addCapture(of: 0, name: Array("any".utf8), linkType: .ethernet)
        writer.begin(at: Self.start, to: &file)
        append(facts(7), to: &writer, &file, name: "veth7")
        let start = file.count
        append(facts(8), to: &writer, &file, name: "lan0")
        var late = Array(file[start...].suffix(writer.length(of: Frame(Self.bytes.reader, facts(8)))))
        file = []
        writer.begin(at: Self.start, to: &file)
        append(facts(8), to: &writer, &file)
        file = []
        writer.begin(at: Self.start, to: &file)
        // A block that waited since the first file.
        writer.correct(8, .ethernet, at: 0, in: &late)
        let walk = SavefileWalk(file + late)
        #expect(walk.interfaces.map { String(decoding: $0.name, as: UTF8.self) } == ["any", "lan0"])
        #expect(walk.records.map(\.record.interface) == [1])
        let knowsTheOther = writer.use(7, .ethernet)
        #expect(!knowsTheOther)
    }

    @Test
    func whatWasLostIsToldOfTheFileInWhichItWas() {
        var writer = writer()
        var file: [UInt8] = []
        writer.addCapture(of: 3, name: Array("lan0".utf8), linkType: .ethernet)
        writer.addCapture(of: 4, name: Array("wan0".utf8), linkType: .ethernet)
        writer.begin(at: Self.start, to: &file)
        writer.noteFrame(in: 1)
        writer.noteLoss(of: 40, in: 1)
        writer.noteLoss(of: 2, in: 1)
        writer.noteLoss(of: nil, in: 0)
        let length = file.count
        writer.end(at: Self.start, to: &file)
        #expect(file.count - length <= writer.endLength)
        let walk = SavefileWalk(file)
        #expect(walk.losses == [[1, 42]])
        #expect(walk.uncountedLosses == [0], "a number of which nobody knows how much it is")
        file = []
        writer.begin(at: Self.start, to: &file)
        writer.end(at: Self.start, to: &file)
        let next = SavefileWalk(file)
        #expect(next.losses.isEmpty && next.uncountedLosses.isEmpty)
    }

    @Test(arguments: [0, 1, 14, 17, 42] as [Int])
    func aFrameOfAnyLengthIsReadAsItWas(length: Int) {
        var writer = writer(snapLength: 40)
        var file: [UInt8] = []
        writer.begin(at: Self.start, to: &file)
        let bytes = Array(Self.bytes.prefix(length))
        append(facts(vlan: 100), bytes, to: &writer, &file, name: "lan0")
        let walk = SavefileWalk(file)
        let tagged = length < 12 ? bytes : Array(bytes[..<12]) + [0x81, 0, 0, 100] + Array(bytes[12...])
        #expect(walk.records.map(\.bytes) == [Array(tagged.prefix(40))])
        #expect(walk.records.map(\.record.originalLength) == [Self.bytes.count + tagged.count - bytes.count])
    }
}
