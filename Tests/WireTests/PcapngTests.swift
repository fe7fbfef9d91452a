import FlowModel
import Testing
import Wire

struct PcapngTests {
    static let writers = [Pcapng(isSwapped: false), Pcapng(isSwapped: true)]

    @Test(arguments: [false, true])
    func everyKindOfRecordIsRead(isSwapped: Bool) throws {
        let walk = SavefileWalk(Pcapng.sample(isSwapped: isSwapped))
        #expect(walk.fault == nil)
        #expect(
            walk.interfaces == [
                SavefileInterface(number: 0, linkType: 1, name: Array("lan0".utf8)),
                SavefileInterface(number: 1, linkType: 113),
            ])
        try #require(walk.records.count == 3)
        let frame = FrameSample.all[0].bytes
        #expect(walk.records[0].bytes == frame)
        #expect(walk.records[0].record.time == Timestamp(nanoseconds: 1_767_607_872_131_415_926))
        #expect(walk.records[0].record.direction == .ingress)
        #expect(walk.records[1].bytes == frame, "a simple packet")
        #expect(walk.records[1].record.time == walk.records[0].record.time, "it has no time of its own")
        #expect(walk.records[2].bytes == Array(frame.prefix(6)), "an obsolete packet")
        #expect(walk.records[2].record.originalLength == 9)
        #expect(walk.records[2].record.time == Timestamp(nanoseconds: 7000), "microseconds, where nothing is said")
        #expect(walk.records[2].record.interface == 1)
        #expect(walk.records[2].record.lossCount == 3)
        #expect(walk.losses == [[0, 4]])
    }

    @Test(arguments: writers)
    func theFilterOfACaptureIsTold(_ writer: Pcapng) {
        var file = writer.section() + writer.interface(.ethernet)
        let options: [[UInt8]] = [
            [0] + Array("not port 22".utf8), [0] + Array("udp".utf8) + [0], [0], [], [1, 6, 0, 0, 0],
        ]
        for option in options {
            file += writer.interface(.ethernet, options: writer.option(11, option) + writer.endOfOptions)
        }
        let walk = SavefileWalk(file)
        #expect(walk.fault == nil)
        #expect(
            walk.interfaces.map(\.filter)
                == [nil, .expression("not port 22"), .expression("udp"), nil, nil, .program])
    }

    @Test(arguments: writers)
    func whomAPacketWasForIsTold(_ writer: Pcapng) {
        var file = writer.section() + writer.interface(.ethernet)
        for flags in [0x05, 0x11, 0x12] as [UInt32] {
            file += writer.packet([1], options: writer.option(2, writer.number(flags)))
        }
        let walk = SavefileWalk(file)
        #expect(walk.records.map(\.record.direction) == [.ingress, .ingress, .egress])
        #expect(walk.records.map(\.record.isForOtherHost) == [false, true, true])
    }

    @Test(arguments: writers)
    func aSectionMayHaveAnotherByteOrderAndInterfacesOfItsOwn(_ writer: Pcapng) {
        let other = Pcapng(isSwapped: !writer.isSwapped)
        var file = writer.section() + writer.interface(.ethernet) + writer.packet([1])
        file += other.section() + other.interface(.raw) + other.packet([2, 3], original: 99)
        let walk = SavefileWalk(file)
        #expect(walk.fault == nil)
        #expect(walk.interfaces.map(\.linkType) == [1, 101])
        #expect(walk.records.map(\.record.interface) == [0, 1])
        #expect(walk.records.map(\.record.originalLength) == [1, 99])
    }

    @Test(arguments: writers)
    func aFileThatIsCutAnywhereShowsWhatCameBefore(_ writer: Pcapng) {
        let file = Pcapng.sample(isSwapped: writer.isSwapped)
        let whole = SavefileWalk(file)
        for length in 0..<file.count {
            let walk = SavefileWalk(Array(file.prefix(length)))
            #expect(walk.records == Array(whole.records.prefix(walk.records.count)))
            #expect(walk.interfaces == Array(whole.interfaces.prefix(walk.interfaces.count)))
            if walk.fault == nil { continue }  // between two blocks
            #expect(walk.fault == (length == 0 ? .notASavefile : .cut))
        }
    }

    @Test(arguments: writers)
    func howMuchIsSeenAtOnceMakesNoDifference(_ writer: Pcapng) {
        let file = Pcapng.sample(isSwapped: writer.isSwapped)
        var byBytes = SavefileWalk(file, window: 0)
        #expect(byBytes.longestWindow > 0)
        byBytes.longestWindow = 0
        #expect(byBytes == SavefileWalk(file))
    }

    @Test
    func timesAreOfTheInterfacesResolutionAndOffset() throws {
        let writer = Pcapng()
        /// Resolution, offset in seconds, ticks, nanoseconds.
        let cases: [(UInt8, Int64, UInt64, Int64)] = [
            (6, 0, 1_767_607_872_131_415, 1_767_607_872_131_415_000),
            (9, 0, 1_767_607_872_131_415_926, 1_767_607_872_131_415_926),
            (9, -3600, 1_767_607_872_131_415_926, 1_767_604_272_131_415_926),
            (0, 0, 1_767_607_872, 1_767_607_872_000_000_000),
            (3, 5, 1500, 6_500_000_000),
            (12, 0, 1_234_567_891_234, 1_234_567_891),
            (19, 0, 10_000_000_020_000_000_000, 1_000_000_002),
            (20, 0, 5_000_000_000_000, 50),
            (28, 0, .max, 1),
            (127, 0, .max, 0),
            (0x80, 0, 7, 7_000_000_000),
            (0x80 | 10, 0, 3 << 10 | 512, 3_500_000_000),
            (0x80 | 32, 0, 1 << 32 | 1 << 31, 1_500_000_000),
            (0x80 | 63, 0, 1 << 62, 500_000_000),
            (0x80 | 64, 0, 1 << 63, 500_000_000),
            (0x80 | 127, 0, .max, 0),
            // What no timestamp can tell.
            (0, 0, .max, .max),
            (6, .max, 1, .max),
            (9, .min, 1, .min),
        ]
        for (resolution, offset, ticks, nanoseconds) in cases {
            var options = writer.option(9, [resolution])
            options += writer.option(14, writer.number(offset))
            let walk = SavefileWalk(
                writer.section() + writer.interface(.raw, options: options) + writer.packet([], ticks: ticks))
            let record = try #require(walk.records.first)
            #expect(record.record.time.nanoseconds == nanoseconds, "resolution \(resolution), \(ticks) ticks")
        }
    }

    @Test(arguments: writers)
    func directionsAreThoseOfTheFlags(_ writer: Pcapng) {
        var file = writer.section() + writer.interface(.raw)
        for flags in 0..<4 as Range<UInt32> {
            file += writer.packet([1, 2, 3, 4, 5], options: writer.option(2, writer.number(flags | 0xf0)))
        }
        let directions = SavefileWalk(file).records.map(\.record.direction)
        #expect(directions == [.unknown, .ingress, .egress, .unknown])
    }

    @Test(arguments: writers)
    func whatWasLostIsToldOnce(_ writer: Pcapng) {
        func lost(_ count: UInt64, code: UInt16) -> [UInt8] { writer.option(code, writer.number(count)) }
        var file = writer.section() + writer.interface(.raw) + writer.interface(.raw)
        file += writer.packet([1], options: lost(3, code: 4))
        file += writer.statistics(options: lost(3, code: 5))
        file += writer.statistics(options: lost(5, code: 5) + lost(2, code: 7) + writer.endOfOptions)
        file += writer.statistics(interface: 1, options: lost(9, code: 4) + lost(1, code: 7))
        file += writer.statistics(interface: 1, options: lost(.max, code: 5) + lost(1, code: 7))
        file += writer.statistics(interface: 1, options: lost(.max - 1, code: 5) + lost(.max - 1, code: 7))
        let walk = SavefileWalk(file)
        #expect(walk.records.map(\.record.lossCount) == [3])
        #expect(walk.losses == [[0, 4], [1, 1], [1, 1 << 47 - 1]], "no more than can be added up")
    }

    @Test(arguments: writers)
    func aLossOfUnknownNumberIsToldOnce(_ writer: Pcapng) {
        let comment = Array("an unknown number of packets was lost besides".utf8)
        var file = writer.section() + writer.interface(.raw)
        file += writer.statistics(options: writer.option(1, Array(comment.dropLast())))
        for _ in 1...2 {
            file += writer.statistics(options: writer.option(1, comment) + writer.option(1, Array("all is well".utf8)))
        }
        let walk = SavefileWalk(file)
        #expect(walk.uncountedLosses == [0])
        #expect(walk.losses.isEmpty)
    }

    @Test(arguments: writers)
    func aSimplePacketIsAsLongAsItsInterfaceLetsIt(_ writer: Pcapng) {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6]
        let simple = writer.block(3, writer.number(100 as UInt32) + bytes)
        let walk = SavefileWalk(writer.section() + writer.interface(.raw, snapLength: 6) + simple)
        #expect(walk.records.map(\.bytes) == [bytes])
        #expect(walk.records.map(\.record.originalLength) == [100])
    }

    @Test(arguments: writers)
    func blocksOfNoConcernAreSkippedHoweverLong(_ writer: Pcapng) {
        var file = writer.section() + writer.interface(.raw)
        file += writer.block(10, [UInt8](repeating: 7, count: 3 << 20))  // decryption secrets
        file += writer.block(0x0bad, []) + writer.packet([1])
        let walk = SavefileWalk(file, window: 0)
        #expect(walk.fault == nil)
        #expect(walk.records.count == 1)
        #expect(walk.longestWindow < 100)
    }

    /// A file with one block behind the section's header and an interface.
    private func fault(_ writer: Pcapng, _ block: [UInt8]) -> SavefileFault? {
        let walk = SavefileWalk(writer.section() + writer.interface(.raw) + block + [0, 0, 0, 0])
        #expect(walk.longestWindow <= SavefileReader.longestStep)
        return walk.fault
    }

    @Test(arguments: writers)
    func lengthsThatContradictEachOtherAreDamage(_ writer: Pcapng) {
        let good = writer.packet([1, 2, 3, 4])
        #expect(fault(writer, good) == .cut, "four bytes are no block")
        for (place, value) in [(4, 8), (4, 35), (4, 32), (good.count - 4, 32), (20, 5), (20, 100_000)] {
            var block = good
            block.overwrite(at: place, with: writer.number(UInt32(value)))
            #expect(fault(writer, block) == .block, "\(value) at \(place)")
        }
        let options = writer.packet([1], options: writer.number(2 as UInt16) + writer.number(9 as UInt16))
        #expect(fault(writer, options) == .block)
        #expect(fault(writer, writer.packet([1], options: writer.option(2, [1, 2]))) == .block)
        #expect(
            fault(writer, writer.block(6, [1, 2, 3, 4])) == .interface(writer.isSwapped ? 0x0102_0304 : 0x0403_0201))
        #expect(fault(writer, writer.block(6, [])) == .block)
        #expect(fault(writer, writer.block(2, [])) == .block)
        #expect(fault(writer, writer.block(3, [])) == .block)
        #expect(fault(writer, writer.block(5, [])) == .block)
        #expect(fault(writer, writer.block(1, [0, 1])) == .block)
        for kind: UInt32 in [0x0bad, 0x0a0d_0d0a] {
            var block = kind == 0x0bad ? writer.block(kind, [1, 2, 3, 4]) : writer.section()
            block.overwrite(at: block.count - 4, with: writer.number(UInt32(block.count + 4)))
            #expect(fault(writer, block) == .block, "a block that is not read is as long at both ends")
        }
        let twisted = writer.block(0x0a0d_0d0a, [UInt8](repeating: 1, count: 16))
        #expect(fault(writer, twisted) == .block, "a section of no byte order")
    }

    @Test(arguments: writers)
    func aRecordThatClaimsAllMemoryIsRefused(_ writer: Pcapng) {
        for length in [UInt32(SavefileReader.longestStep) + 4, 0xffff_fffc] {
            var block = writer.packet([1, 2, 3, 4])
            block.overwrite(at: 4, with: writer.number(length))
            #expect(fault(writer, block) == .recordLength(length))
        }
        var block = writer.packet([1, 2, 3, 4])
        block.overwrite(at: 20, with: writer.number(SavefileRecord.longest + 1))
        #expect(fault(writer, block) == .recordLength(SavefileRecord.longest + 1))
    }

    @Test(arguments: writers)
    func aRecordOfAnInterfaceThatIsNotThereIsDamage(_ writer: Pcapng) {
        #expect(fault(writer, writer.packet([1], interface: 1)) == .interface(1))
        #expect(SavefileWalk(writer.section() + writer.block(3, writer.number(0 as UInt32))).fault == .interface(0))
        let next = writer.section() + writer.packet([1])
        #expect(fault(writer, next) == .interface(0), "another section's interface is none of this one")
    }

    @Test(arguments: writers)
    func ofSeveralNamesTheLastOneCountsAndOfALongOneItsBeginning(_ writer: Pcapng) {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 4000)
        let file =
            writer.section()
            + writer.interface(
                .raw, options: writer.option(2, Array("lan0".utf8)) + writer.option(2, Array("wan0".utf8)))
            + writer.interface(.raw, options: writer.option(2, long))
        let walk = SavefileWalk(file)
        #expect(walk.interfaces.map(\.name) == [Array("wan0".utf8), Array(long.prefix(255))])
    }

    @Test
    func interfacesAreBounded() {
        let writer = Pcapng()
        let interface = writer.interface(.raw)
        var file = writer.section()
        for _ in 0...65_536 { file += interface }
        #expect(SavefileWalk(file).fault == .interfaces)
        #expect(SavefileWalk(Array(file.dropLast(interface.count))).fault == nil)
    }

    @Test(arguments: writers)
    func anotherVersionIsToldAsSuch(_ writer: Pcapng) {
        #expect(SavefileWalk(writer.section(major: 2)).fault == .version(2))
    }

    @Test(arguments: [
        (Compression.gzip, [0x1f, 0x8b, 8, 0]), (.bzip2, Array("BZh9".utf8)), (.xz, [0xfd, 0x37, 0x7a, 0x58]),
        (.zstd, [0x28, 0xb5, 0x2f, 0xfd]), (.lz4, [4, 0x22, 0x4d, 0x18]),
    ])
    func aCompressedFileIsToldAsSuch(_ compression: Compression, _ beginning: [UInt8]) {
        #expect(SavefileWalk(beginning).fault == .compressed(compression))
    }

    @Test
    func whatIsNoSavefileIsNone() {
        #expect(SavefileWalk([]).fault == .notASavefile)
        #expect(SavefileWalk([0x7f, 0x45, 0x4c, 0x46]).fault == .notASavefile)
        #expect(SavefileWalk(Array("#!/bin/sh\necho hello\n".utf8)).fault == .notASavefile)
        #expect(SavefileWalk([0x0a, 0x0d, 0x0d, 0x0a] + [UInt8](repeating: 0, count: 24)).fault == .notASavefile)
        #expect(SavefileWalk([0x0a, 0x0d]).fault == .cut)
    }
}
