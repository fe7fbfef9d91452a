import FlowModel

/// A section of a pcapng file: its byte order, and the interfaces that it has described (draft-ietf-opsawg-pcapng).
struct PcapngSection: Sendable {
    /// Of a section's header, the same in both byte orders.
    static let blockType: UInt32 = 0x0a0d_0d0a
    /// In all sections together; a bound for what a file makes its reader remember.
    private static let interfaceLimit = 65_536

    /// The beginning of a header of it was read: its byte order and version.
    private(set) var hasBegun = false
    private var isSwapped = false
    private var interfaces: [PcapngInterface] = []
    /// Of the sections before.
    private var earlierInterfaceCount = 0
    private var lastTime = Timestamp(nanoseconds: 0)

    /// The blocks that are read. Names of addresses, secrets and what else there is are skipped unseen.
    private enum BlockType: UInt32 {
        case interface = 1
        case packet = 2
        case simplePacket = 3
        case statistics = 5
        case enhancedPacket = 6
    }

    /// The next block: `type, length, body, length again`.
    mutating func next(_ window: ByteReader, neededCount: inout Int) throws(SavefileFault) -> SavefileStep? {
        neededCount = 12
        guard window.count >= neededCount, let type = number(window, at: 0), let length = number(window, at: 4) else {
            return nil
        }
        if type == Self.blockType { return try begin(window, neededCount: &neededCount) }
        guard length >= 12, length % 4 == 0 else { throw .block }
        guard let type = BlockType(rawValue: type) else { return try skip(length, window, &neededCount) }
        guard length <= SavefileReader.longestStep else { throw .recordLength(length) }
        neededCount = Int(length)
        guard window.count >= neededCount else { return nil }
        guard number(window, at: neededCount - 4) == length else { throw .block }
        let body = window.slice(from: 8, to: neededCount - 4)
        return SavefileStep(try read(type, body), length: neededCount)
    }

    /// What is not read; its second length is looked at, unless it lies too far away.
    private func skip(_ length: UInt32, _ window: ByteReader, _ neededCount: inout Int) throws(SavefileFault)
        -> SavefileStep?
    {
        guard length <= SavefileReader.longestStep else { return SavefileStep(.nothing, length: Int(length)) }
        neededCount = Int(length)
        guard window.count >= neededCount else { return nil }
        guard number(window, at: neededCount - 4) == length else { throw .block }
        return SavefileStep(.nothing, length: neededCount)
    }

    /// A section's header: `type, length, byte order, version, length of the section, options`. What follows begins anew.
    private mutating func begin(_ window: ByteReader, neededCount: inout Int) throws(SavefileFault) -> SavefileStep? {
        switch window.native(UInt32.self, at: 8) {
        case 0x1a2b_3c4d: isSwapped = false
        case 0x4d3c_2b1a: isSwapped = true
        default: throw hasBegun ? .block : .notASavefile
        }
        neededCount = 16
        guard let major = window.number(UInt16.self, at: 12, isSwapped: isSwapped),
            let length = number(window, at: 4), window.count >= neededCount
        else { return nil }
        guard major == 1 else { throw .version(major) }
        guard length >= 28, length % 4 == 0 else { throw .block }
        hasBegun = true
        guard let step = try skip(length, window, &neededCount) else { return nil }
        earlierInterfaceCount += interfaces.count
        interfaces.removeAll()
        return step
    }

    private mutating func read(_ type: BlockType, _ body: ByteReader) throws(SavefileFault) -> SavefileStep.Content {
        switch type {
        case .interface: try .interface(readInterface(body))
        case .statistics: try readStatistics(body)
        case .enhancedPacket: try .record(readPacket(body, interface: number(body, at: 0)))
        case .packet: try .record(readObsoletePacket(body))
        case .simplePacket: try .record(readSimplePacket(body))
        }
    }

    private mutating func readInterface(_ body: ByteReader) throws(SavefileFault) -> SavefileInterface {
        let number = earlierInterfaceCount + interfaces.count
        guard number < Self.interfaceLimit else { throw .interfaces }
        let interface = try PcapngInterface(body, isSwapped: isSwapped)
        interfaces.append(interface)
        return SavefileInterface(
            number: number, linkType: UInt32(interface.linkType),
            name: try PcapngInterface.name(in: body, isSwapped: isSwapped),
            filter: try PcapngInterface.filter(in: body, isSwapped: isSwapped))
    }

    /// `interface, time (8), options`: what was lost since the capture began, of which the packets may have told already.
    private mutating func readStatistics(_ body: ByteReader) throws(SavefileFault) -> SavefileStep.Content {
        let place = try place(of: number(body, at: 0))
        var options = PcapngOptions(body.slice(from: 12), isSwapped: isSwapped)
        var lossCount: UInt64 = 0
        var hasUncounted = false
        while try options.next() {
            switch options.code {
            case 1:  // a comment, by which nfmon tells what no number does
                hasUncounted = hasUncounted || PcapngStatistics.tellsUncountedLoss(options.value)
            case 5, 7:  // isb_ifdrop and isb_osdrop: by the interface, and by the system for want of room
                guard let count = options.value.number(UInt64.self, at: 0, isSwapped: isSwapped) else { throw .block }
                // The greatest number says that it is not known, which is no loss.
                guard count != .max else { break }
                lossCount = lossCount.addingReportingOverflow(count).overflow ? .max : lossCount + count
            default: break
            }
        }
        let untold = interfaces[place].takeLoss(upTo: lossCount)
        hasUncounted = hasUncounted && interfaces[place].takeUncountedLoss()
        guard untold > 0 || hasUncounted else { return .nothing }
        guard let high = number(body, at: 4), let low = number(body, at: 8) else { throw .block }
        let time = interfaces[place].time(of: UInt64(high) << 32 | UInt64(low))
        return .loss(
            SavefileLoss(
                interface: earlierInterfaceCount + place, count: untold, hasUncounted: hasUncounted, time: time))
    }

    /// `interface, time (8), captured length, original length, bytes, options`.
    private mutating func readPacket(
        _ body: ByteReader, interface: UInt32?
    ) throws(SavefileFault) -> SavefileRecord {
        let place = try place(of: interface)
        guard let high = number(body, at: 4), let low = number(body, at: 8), let captured = number(body, at: 12),
            let original = number(body, at: 16)
        else { throw .block }
        lastTime = interfaces[place].time(of: UInt64(high) << 32 | UInt64(low))
        var record = try record(of: place, captured: captured, original: original, headerLength: 28, in: body)
        var options = PcapngOptions(
            body.slice(from: 20 + (record.capturedLength + 3) & ~3), isSwapped: isSwapped)
        while try options.next() {
            switch options.code {
            case 2:  // epb_flags
                guard let flags = number(options.value, at: 0) else { throw .block }
                record.direction = FrameDirection(rawValue: UInt8(flags & 0x3)) ?? .unknown
                record.isForOtherHost = flags >> 2 & 0x7 == 4
            case 4:  // epb_dropcount
                guard let count = options.value.number(UInt64.self, at: 0, isSwapped: isSwapped) else { throw .block }
                record.lossCount = interfaces[place].takeLoss(of: count)
            default: break
            }
        }
        return record
    }

    /// `interface (2), lost packets (2)`, then as an enhanced packet; older than these, and with the same options.
    private mutating func readObsoletePacket(_ body: ByteReader) throws(SavefileFault) -> SavefileRecord {
        guard let interface = body.number(UInt16.self, at: 0, isSwapped: isSwapped),
            let lossCount = body.number(UInt16.self, at: 2, isSwapped: isSwapped)
        else { throw .block }
        var record = try readPacket(body, interface: UInt32(interface))
        if lossCount != 0xffff, lossCount > 0 {  // which says that it is not known
            record.lossCount = interfaces[Int(interface)].takeLoss(of: UInt64(lossCount))
        }
        return record
    }

    /// `original length, bytes`: of the first interface, which may have a snap length, and without a time.
    private func readSimplePacket(_ body: ByteReader) throws(SavefileFault) -> SavefileRecord {
        let place = try place(of: 0)
        guard let original = number(body, at: 0) else { throw .block }
        let snapLength = interfaces[place].snapLength
        let captured = snapLength == 0 ? original : min(original, snapLength)
        return try record(of: place, captured: captured, original: original, headerLength: 12, in: body)
    }

    private func record(
        of place: Int, captured: UInt32, original: UInt32, headerLength: Int, in body: ByteReader
    ) throws(SavefileFault) -> SavefileRecord {
        guard captured <= SavefileRecord.longest else { throw .recordLength(captured) }
        // The body begins 8 bytes behind the block.
        guard body.count - (headerLength - 8) >= Int(captured) else { throw .block }
        var record = SavefileRecord(time: lastTime, length: Int(captured), originalLength: Int(original))
        record.headerLength = headerLength
        record.interface = earlierInterfaceCount + place
        return record
    }

    private func place(of interface: UInt32?) throws(SavefileFault) -> Int {
        guard let interface else { throw .block }
        guard interface < interfaces.count else { throw .interface(interface) }
        return Int(interface)
    }

    private func number(_ bytes: ByteReader, at offset: Int) -> UInt32? {
        bytes.number(UInt32.self, at: offset, isSwapped: isSwapped)
    }
}
