import FlowModel
import Testing
import Wire

struct SavefileTests {
    /// A savefile as another program wrote it.
    struct Dialect: Sendable, CustomTestStringConvertible {
        var isSwapped: Bool
        var isNanosecond: Bool
        var testDescription: String {
            "\(isSwapped ? "other" : "own") byte order, \(isNanosecond ? "nano" : "micro")seconds"
        }

        func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            [UInt8](native: isSwapped ? number.byteSwapped : number)
        }

        func header(linkType: UInt32) -> [UInt8] {
            number(isNanosecond ? 0xa1b2_3c4d : 0xa1b2_c3d4 as UInt32) + number(2 as UInt16) + number(4 as UInt16)
                + number(0 as UInt64) + number(65535 as UInt32) + number(linkType)
        }

        func record(seconds: UInt32, fraction: UInt32, captured: UInt32, original: UInt32) -> [UInt8] {
            number(seconds) + number(fraction) + number(captured) + number(original)
        }

        static let all = [false, true].flatMap { isSwapped in
            [false, true].map { Dialect(isSwapped: isSwapped, isNanosecond: $0) }
        }
    }

    @Test(arguments: Dialect.all)
    func everyDialectIsRead(_ dialect: Dialect) throws {
        let file =
            dialect.header(linkType: 253)
            + dialect.record(seconds: 1_767_607_872, fraction: 131_415, captured: 64, original: 100)
        let header = try SavefileHeader(file.reader)
        #expect(header.linkType == 253)
        #expect(header.snapLength == 65535)
        let record = try SavefileRecord(file.reader, at: SavefileHeader.size, in: header)
        #expect(record?.capturedLength == 64)
        #expect(record?.originalLength == 100)
        let fraction: Int64 = dialect.isNanosecond ? 131_415 : 131_415_000
        #expect(record?.time == Timestamp(seconds: 1_767_607_872, nanoseconds: fraction))
    }

    @Test
    func theUpperBitsOfTheLinkTypeSayHowLongTheCheckSumIs() throws {
        let file = Dialect(isSwapped: false, isNanosecond: false).header(linkType: 0xf000_00fd)
        #expect(try SavefileHeader(file.reader).linkType == 253)
    }

    @Test
    func theLinkTypeIsWithoutTheBitsOfTheCheckSumsPresence() throws {
        let file = Dialect(isSwapped: false, isNanosecond: false).header(linkType: 0x2400_0001)
        #expect(try SavefileHeader(file.reader).linkType == 1)
    }

    @Test(arguments: Dialect.all)
    func aFileShorterThanItsHeaderIsNoSavefile(_ dialect: Dialect) {
        let header = dialect.header(linkType: 253)
        for length in 0..<header.count {
            let prefix = Array(header.prefix(length))
            #expect(throws: SavefileFault.notASavefile) { try SavefileHeader(prefix.reader) }
        }
    }

    @Test(arguments: Dialect.all)
    func aRecordThatClaimsAllMemoryIsRefused(_ dialect: Dialect) throws {
        let file = dialect.header(linkType: 253)
        let header = try SavefileHeader(file.reader)
        for captured in [SavefileRecord.longest + 1, .max] {
            let record = dialect.record(seconds: 0, fraction: 0, captured: captured, original: captured)
            #expect(throws: SavefileFault.recordLength(captured)) {
                try SavefileRecord(record.reader, at: 0, in: header)
            }
        }
    }

    @Test
    func aFileThatEndsWithinARecordsHeaderHasNoFurtherRecord() throws {
        let dialect = Dialect(isSwapped: false, isNanosecond: true)
        let header = try SavefileHeader(dialect.header(linkType: 253).reader)
        let record = dialect.record(seconds: 1, fraction: 2, captured: 3, original: 4)
        for length in 0..<record.count {
            let prefix = Array(record.prefix(length))
            #expect(try SavefileRecord(prefix.reader, at: 0, in: header) == nil)
        }
    }

    @Test
    func aFractionBeyondASecondDoesNotTrap() throws {
        for dialect in Dialect.all {
            let header = try SavefileHeader(dialect.header(linkType: 253).reader)
            let record = dialect.record(seconds: .max, fraction: .max, captured: 0, original: .max)
            #expect(try SavefileRecord(record.reader, at: 0, in: header) != nil)
        }
    }

    @Test(arguments: [.netlink, .nflog] as [LinkType])
    func whatNfmonWritesItReads(_ linkType: LinkType) throws {
        var file: [UInt8] = []
        SavefileHeader(linkType: linkType).append(to: &file)
        let time = Timestamp(nanoseconds: 1_767_607_872_131_415_926)
        SavefileRecord(time: time, length: 77).append(to: &file)
        #expect(file.count == SavefileHeader.size + SavefileRecord.size)
        let header = try SavefileHeader(file.reader)
        #expect(header == SavefileHeader(linkType: linkType))
        #expect(header.linkType == linkType.rawValue)
        let record = try SavefileRecord(file.reader, at: SavefileHeader.size, in: header)
        #expect(record == SavefileRecord(time: time, length: 77))
    }
}

/// The classic format, read as files are.
struct SavefileReaderTests {
    @Test(arguments: SavefileTests.Dialect.all)
    func aFileThatIsCutAnywhereShowsWhatCameBefore(_ dialect: SavefileTests.Dialect) {
        var file = dialect.header(linkType: 113)
        for number in 0..<3 as Range<UInt32> {
            file += dialect.record(seconds: number, fraction: 5, captured: number + 1, original: 60)
            file += [UInt8](repeating: UInt8(number), count: Int(number) + 1)
        }
        let whole = SavefileWalk(file)
        #expect(whole.fault == nil)
        #expect(whole.interfaces == [SavefileInterface(number: 0, linkType: 113)])
        #expect(whole.records.map(\.bytes) == [[0], [1, 1], [2, 2, 2]])
        for length in 0..<file.count {
            let walk = SavefileWalk(Array(file.prefix(length)))
            #expect(walk.records == Array(whole.records.prefix(walk.records.count)))
            if walk.fault == nil { continue }  // between two records
            #expect(walk.fault == (length == 0 ? .notASavefile : .cut))
        }
    }

    @Test(arguments: SavefileTests.Dialect.all)
    func howMuchIsSeenAtOnceMakesNoDifference(_ dialect: SavefileTests.Dialect) {
        var file = dialect.header(linkType: 1)
        file += dialect.record(seconds: 1, fraction: 5, captured: 2, original: 60) + [1, 2]
        var byBytes = SavefileWalk(file, window: 0)
        byBytes.longestWindow = 0
        #expect(byBytes == SavefileWalk(file))
    }
}
