import Wire

/// Writes blocks of a pcapng file in either byte order, as its draft has them.
struct Pcapng {
    var isSwapped = false

    func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        [UInt8](native: isSwapped ? number.byteSwapped : number)
    }

    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        var body = body
        body.align()
        let length = number(UInt32(body.count + 12))
        return number(type) + length + body + length
    }

    func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        var option = number(code) + number(UInt16(value.count)) + value
        option.align()
        return option
    }

    var endOfOptions: [UInt8] { number(0 as UInt32) }

    func section(major: UInt16 = 1, options: [UInt8] = []) -> [UInt8] {
        block(
            0x0a0d_0d0a,
            number(0x1a2b_3c4d as UInt32) + number(major) + number(0 as UInt16) + number(UInt64.max) + options)
    }

    func interface(_ linkType: LinkType, snapLength: UInt32 = 0, options: [UInt8] = []) -> [UInt8] {
        block(1, number(UInt16(linkType.rawValue)) + number(0 as UInt16) + number(snapLength) + options)
    }

    func time(_ ticks: UInt64) -> [UInt8] {
        number(UInt32(truncatingIfNeeded: ticks >> 32)) + number(UInt32(truncatingIfNeeded: ticks))
    }

    func packet(
        _ bytes: [UInt8], interface: UInt32 = 0, ticks: UInt64 = 0, original: UInt32? = nil, options: [UInt8] = []
    ) -> [UInt8] {
        var body = number(interface) + time(ticks) + number(UInt32(bytes.count))
        body += number(original ?? UInt32(bytes.count)) + bytes
        body.align()
        return block(6, body + options)
    }

    func statistics(interface: UInt32 = 0, options: [UInt8]) -> [UInt8] {
        block(5, number(interface) + time(0) + options)
    }

    /// A file with a block of every kind that is read, and some that are not.
    static func sample(isSwapped: Bool) -> [UInt8] {
        let writer = Pcapng(isSwapped: isSwapped)
        let frame = FrameSample.all[0].bytes
        var file = writer.section(options: writer.option(4, Array("a test".utf8)) + writer.endOfOptions)
        file += writer.interface(
            .ethernet, options: writer.option(2, Array("lan0".utf8)) + writer.option(9, [9]) + writer.endOfOptions)
        file += writer.interface(.linuxCooked, snapLength: 8)
        file += writer.block(4, [UInt8](repeating: 0, count: 64))  // names of addresses
        file += writer.packet(
            frame, ticks: 1_767_607_872_131_415_926, options: writer.option(2, writer.number(1 as UInt32)))
        file += writer.block(3, writer.number(UInt32(frame.count)) + frame)
        file += writer.block(
            2,
            writer.number(1 as UInt16) + writer.number(3 as UInt16) + writer.time(7) + writer.number(6 as UInt32)
                + writer.number(9 as UInt32) + frame.prefix(6))
        file += writer.statistics(options: writer.option(5, writer.number(4 as UInt64)) + writer.endOfOptions)
        return file
    }
}

/// A savefile walked to its end.
struct SavefileWalk: Equatable {
    struct Record: Equatable {
        var record: SavefileRecord
        var bytes: [UInt8]
    }

    var interfaces: [SavefileInterface] = []
    var records: [Record] = []
    /// By the interface's number, in order.
    var losses: [[UInt64]] = []
    /// The interfaces of which an unknown number was lost.
    var uncountedLosses: [Int] = []
    var fault: SavefileFault?
    /// The longest window that was asked for.
    var longestWindow = 0

    /// - Parameter window: how many bytes the reader sees at first; it sees more when it asks.
    init(_ file: [UInt8], window: Int = .max) {
        var reader = SavefileReader()
        var offset = 0
        var size = window
        do throws(SavefileFault) {
            while offset < file.count {
                var neededCount = 0
                let rest = file.count - offset
                guard
                    let step = try reader.next(
                        file.reader.slice(from: offset, to: offset + min(size, rest)), neededCount: &neededCount)
                else {
                    longestWindow = max(longestWindow, neededCount)
                    guard neededCount <= rest else { throw .cut }
                    size = neededCount
                    continue
                }
                guard step.length <= rest else { throw .cut }
                take(step, file[offset...])
                offset += step.length
                size = window
            }
            if !reader.hasBegun { throw .notASavefile }
        } catch {
            fault = error
        }
    }

    private mutating func take(_ step: SavefileStep, _ bytes: ArraySlice<UInt8>) {
        switch step.content {
        case .nothing: break
        case .interface(let interface): interfaces.append(interface)
        case .loss(let loss):
            if loss.count > 0 { losses.append([UInt64(loss.interface), loss.count]) }
            if loss.hasUncounted { uncountedLosses.append(loss.interface) }
        case .record(let record):
            let own = bytes.dropFirst(record.headerLength).prefix(record.capturedLength)
            records.append(Record(record: record, bytes: Array(own)))
        }
    }
}
