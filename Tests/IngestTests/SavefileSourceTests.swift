import FlowModel
import Foundation
import Ingest
import Testing
import Wire

/// Savefiles of frames: what is told of them, and when.
struct SavefileSourceTests {
    /// Everything that a file tells, in order.
    struct Told {
        /// What a batch has, with the time at which it is told in seconds.
        var flows: [(second: Double, packets: UInt64, tap: Tap)] = []
        var names: [InterfaceIndex: NameID] = [:]
        var losses: [Loss] = []
        var lossSeconds: [Double] = []
        var damage: IngestError?
        var filters = RecordedFilters()

        init(_ file: [UInt8], names table: NameTable = NameTable()) throws {
            let url = FileManager.default.temporaryDirectory.appending(path: "nfmon-savefile-\(UUID())")
            defer { try? FileManager.default.removeItem(at: url) }
            try Data(file).write(to: url)
            var source = try SavefileSource.open(url.path(), names: table, seed: (1, 2))
            var batch = ObservationBatch()
            do throws(IngestError) {
                while try source.next(into: &batch) { take(batch, at: source.time) }
            } catch {
                damage = error
            }
            filters = source.recordedFilters
        }

        private mutating func take(_ batch: ObservationBatch, at time: Timestamp) {
            for observation in batch {
                switch observation {
                case .flow(let flow):
                    let packets = flow.forward.seen.packetCount + flow.backward.seen.packetCount
                    flows.append((Double(time.nanoseconds) / 1e9, packets, flow.tap))
                case .interface(let interface): names[interface.index] = interface.name
                case .loss(let loss):
                    losses.append(loss)
                    lossSeconds.append(Double(time.nanoseconds) / 1e9)
                default: break
                }
            }
        }
    }

    @Test func aFileOfNoBytesIsToldToBeEmpty() throws {
        for (bytes, reason) in [([UInt8](), "the file is empty"), ([1, 2, 3], "not a savefile")] {
            let error = #expect(throws: IngestError.self) { try Told(bytes) }
            #expect(error?.reason == reason)
        }
    }

    @Test func aFileThatIsCutWithinItsFirstHeaderIsNoOtherThanASavefile() throws {
        let header = Pcapng().section(options: Pcapng().option(4, Array("a program of a long name".utf8)))
        for length in 16..<header.count {
            let error = #expect(throws: IngestError.self) { try Told(Array(header.prefix(length))) }
            #expect(error?.reason == "the file ends within record 1")
        }
        #expect(try Told(header).damage == nil)
    }

    private let frame = FrameSample.all[0].bytes
    private let writer = Pcapng()

    /// A classic file with a frame at each of these times, in seconds.
    private func classic(at seconds: [Double], linkType: LinkType = .ethernet) -> [UInt8] {
        var file: [UInt8] = []
        SavefileHeader(linkType: linkType).append(to: &file)
        for second in seconds {
            let time = Timestamp(nanoseconds: Int64(second * 1e9))
            SavefileRecord(time: time, length: frame.count).append(to: &file)
            file += frame
        }
        return file
    }

    private func named(_ name: String) -> [UInt8] {
        writer.interface(.ethernet, options: writer.option(2, Array(name.utf8)) + writer.endOfOptions)
    }

    @Test
    func framesAreToldForEachSecondOfTheirTime() throws {
        let told = try Told(classic(at: [1, 1.4, 2.2, 2.3, 9]))
        #expect(told.damage == nil)
        #expect(
            told.flows.map(\.second) == [1.4, 2.3, 9], "before a record that comes later is, as time has passed then")
        #expect(told.flows.map(\.packets) == [2, 2, 1])
        #expect(told.flows.allSatisfy { $0.tap == Tap(interface: 0, direction: .unknown) })
    }

    @Test
    func aFrameThatIsALittleBehindIsNoStepOfTheClock() throws {
        let told = try Told(classic(at: [5, 4.9, 4.85, 5.5, 6]))
        #expect(told.flows.map(\.second) == [5.5, 6])
        #expect(told.flows.map(\.packets) == [4, 1])
    }

    @Test
    func aClockThatIsSetBackOrATimeFarAheadIsFollowed() throws {
        let told = try Told(classic(at: [5, 1_000_000, 6, 6.5, 7.1]))
        #expect(told.flows.map(\.second) == [5, 1_000_000, 6.5, 7.1])
        #expect(told.flows.map(\.packets) == [1, 1, 2, 1])
    }

    @Test
    func anInterfaceOfOneNameIsTheSameInEveryFile() throws {
        let names = NameTable()
        let one = try Told(
            writer.section() + named("lan0") + named("wan0") + writer.packet(frame, interface: 1), names: names)
        let other = try Told(
            writer.section() + named("wan0") + writer.packet(frame) + writer.section() + named("wan0")
                + writer.packet(frame), names: names)
        let wan = names.number(of: "wan0".utf8)
        let index = try #require(one.names.first { $0.value == wan }?.key)
        #expect(index >= 1 << 30, "no kernel's index")
        #expect(one.names.count == 2)
        #expect(other.names == [index: wan])
        #expect((one.flows + other.flows).allSatisfy { $0.tap.interface == index })
        #expect(other.flows.map(\.packets).reduce(0, +) == 2)
    }

    @Test
    func interfacesBeyondTheNamesThatThereIsRoomForAreToldApart() throws {
        let file = writer.section() + named("lan0") + named("wan0") + writer.packet(frame)
        let told = try Told(file + writer.packet(frame, interface: 1), names: NameTable(limit: 2))
        #expect(Set(told.flows.map(\.tap.interface)).count == 2)
        #expect(Set(told.names.values) == [.overflow])
    }

    @Test
    func interfacesWithoutNamesAreToldApart() throws {
        let interface = writer.interface(.ethernet)
        let told = try Told(
            writer.section() + interface + interface + writer.packet(frame) + writer.packet(frame, interface: 1))
        #expect(told.names.isEmpty)
        #expect(told.flows.map(\.tap.interface).sorted() == [0, 1])
    }

    @Test
    func theFiltersOfItsCapturesAreTold() throws {
        func filtered(_ option: [UInt8]) -> [UInt8] {
            writer.interface(.ethernet, options: writer.option(11, option) + writer.endOfOptions)
        }
        let ssh = filtered([0] + Array("not port 22".utf8))
        let one = try Told(writer.section() + ssh + ssh + writer.packet(frame)).filters
        #expect(one.expressions == ["not port 22"])
        #expect(!one.hasNone && !one.hasUnreadable)
        let mixed = try Told(writer.section() + ssh + filtered([1, 0]) + writer.interface(.ethernet)).filters
        #expect(mixed.expressions == ["not port 22"])
        #expect(mixed.hasNone && mixed.hasUnreadable)
        #expect(try Told(classic(at: [1])).filters.hasNone)
        // However many there are.
        let many = (0..<1000).reduce(writer.section()) { $0 + filtered([0] + Array("port \($1)".utf8)) }
        let told = try Told(many).filters
        #expect(told.expressions.count == 16)
        #expect(told.hasUnreadable)
    }

    @Test
    func directionsOfAFileAreThoseOfItsFrames() throws {
        var file = writer.section() + named("lan0")
        file += writer.packet(frame, options: writer.option(2, writer.number(1 as UInt32)))
        file += writer.packet(frame, options: writer.option(2, writer.number(2 as UInt32)))
        let told = try Told(file)
        #expect(Set(told.flows.map(\.tap.direction)) == [.ingress, .egress])
    }

    @Test
    func whatCameBeforeTheDamageIsTold() throws {
        let file = classic(at: [1, 1.1, 1.2])
        let told = try Told(Array(file.dropLast()))
        #expect(told.flows.map(\.packets).reduce(0, +) == 2)
        #expect(told.damage?.kind == .data)
        #expect(told.damage?.reason == "the file ends within record 3")
        let cut = try Told(writer.section() + named("lan0") + writer.packet(frame) + [1, 2, 3])
        #expect(cut.flows.map(\.packets) == [1])
        #expect(cut.damage?.reason == "the file ends within record 2")
    }

    @Test
    func aLinkTypeThatIsNotReadIsALossBesideOthersAndAnErrorAlone() throws {
        // USB.
        let other = writer.block(
            1, writer.number(220 as UInt16) + writer.number(0 as UInt16) + writer.number(0 as UInt32))
        let mixed = try Told(
            writer.section() + other + named("lan0") + writer.packet([1, 2, 3]) + writer.packet(frame, interface: 1))
        #expect(mixed.damage == nil)
        #expect(mixed.losses.map(\.fault) == [.linkType])
        #expect(mixed.flows.map(\.packets) == [1])
        let alone = try Told(writer.section() + other + writer.packet([1, 2, 3]))
        #expect(alone.damage?.reason == "link type 220 is not read")
        #expect(throws: IngestError.self) { try Told(SavefileSourceTests.header(linkType: 220)) }
    }

    @Test
    func whatACaptureLostIsOfItsLane() throws {
        func lost(_ interface: UInt32) -> [UInt8] {
            writer.statistics(interface: interface, options: writer.option(5, writer.number(7 as UInt64)))
        }
        var file = writer.section() + writer.interface(.ethernet) + writer.interface(.nflog)
        file += writer.interface(.netlink) + lost(0) + lost(1) + lost(2)
        let told = try Told(file)
        #expect(told.losses.map(\.lane) == [.conntrack, .nflog, .packet])
        #expect(told.losses.allSatisfy { $0.count == 7 && $0.cause == .overrun })
    }

    @Test
    func whatWasLostBeforeAnyTimeIsKnownIsToldWithTheFirstOne() throws {
        let lost = writer.statistics(options: writer.option(5, writer.number(7 as UInt64)))
        let file = writer.section() + writer.interface(.ethernet) + lost + writer.packet(frame, ticks: 5_000_000)
        let told = try Told(file)
        #expect(told.losses.map(\.count) == [7])
        #expect(told.lossSeconds == [5])
    }

    @Test
    func manyFlowsAreHandedOnInPieces() throws {
        var file: [UInt8] = []
        SavefileHeader(linkType: .ipv4).append(to: &file)
        for port in 0..<10_000 as Range<UInt16> {
            let packet = [UInt8].ipv4(17, .ports(port, 53))
            SavefileRecord(time: Timestamp(seconds: 1, nanoseconds: Int64(port)), length: packet.count).append(
                to: &file)
            file += packet
        }
        let told = try Told(file)
        #expect(told.flows.count == 10_000)
        #expect(told.flows.allSatisfy { $0.packets == 1 })
    }

    private static func header(linkType: UInt32) -> [UInt8] {
        var file: [UInt8] = []
        var header = SavefileHeader(linkType: .ethernet)
        header.linkType = linkType
        header.append(to: &file)
        return file
    }
}
