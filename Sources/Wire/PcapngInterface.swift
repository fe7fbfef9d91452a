import FlowModel

/// What an interface description block says (draft-ietf-opsawg-pcapng section 4.2).
struct PcapngInterface: Sendable {
    var linkType: UInt16
    /// Bytes of a record at most; 0 is no limit.
    var snapLength: UInt32
    private var resolution = TickResolution.microseconds
    /// Seconds to add to every time.
    private var offset: Int64 = 0
    /// How much of what the capture lost was told.
    private var toldLossCount: UInt64 = 0
    /// Whether it was told that something was lost of which nobody knows how much.
    private var hasToldUncountedLoss = false

    /// Reads `link type (2), reserved (2), snap length, options`.
    init(_ body: ByteReader, isSwapped: Bool) throws(SavefileFault) {
        guard let linkType = body.number(UInt16.self, at: 0, isSwapped: isSwapped),
            let snapLength = body.number(UInt32.self, at: 4, isSwapped: isSwapped)
        else { throw .block }
        self.linkType = linkType
        self.snapLength = snapLength
        var options = PcapngOptions(body.slice(from: 8), isSwapped: isSwapped)
        while try options.next() {
            switch options.code {
            case 9:  // if_tsresol
                guard let resolution = options.value.uint8(at: 0) else { throw .block }
                self.resolution = TickResolution(rawValue: resolution)
            case 14:  // if_tsoffset
                guard let offset = options.value.number(Int64.self, at: 0, isSwapped: isSwapped) else { throw .block }
                self.offset = offset
            default: break
            }
        }
    }

    /// The name in the same block (if_name), which is told once and not kept: of its bytes as many as a ``NameTable`` takes.
    static func name(in body: ByteReader, isSwapped: Bool) throws(SavefileFault) -> [UInt8] {
        var name: [UInt8] = []
        var options = PcapngOptions(body.slice(from: 8), isSwapped: isSwapped)
        while try options.next() {
            guard options.code == 2 else { continue }
            name.removeAll()
            name.append(options.value.slice(from: 0, to: min(options.value.text.count, 255)).bytes)
        }
        return name
    }

    /// The filter in the same block (if_filter), which is told once and not kept.
    static func filter(in body: ByteReader, isSwapped: Bool) throws(SavefileFault) -> SavefileFilter? {
        var filter: SavefileFilter?
        var options = PcapngOptions(body.slice(from: 8), isSwapped: isSwapped)
        while try options.next() {
            if options.code == 11 { filter = SavefileFilter(options.value) }
        }
        return filter
    }

    /// The time of a record by its number of ticks.
    func time(of ticks: UInt64) -> Timestamp { resolution.time(of: ticks, offset: offset) }

    /// As many losses as are believed of an interface, so that those of all interfaces of a file can be added up.
    private static let lossLimit: UInt64 = 1 << 47

    /// Takes in that `count` more were lost, and answers how many are to be told.
    mutating func takeLoss(of count: UInt64) -> UInt64 {
        let untold = min(count, Self.lossLimit - toldLossCount)
        toldLossCount += untold
        return untold
    }

    /// Takes in that `count` were lost since the beginning, and answers how many of these were not told before.
    mutating func takeLoss(upTo count: UInt64) -> UInt64 {
        count > toldLossCount ? takeLoss(of: count - toldLossCount) : 0
    }

    /// Takes in that an unknown number was lost since the beginning, and answers whether that is to be told.
    mutating func takeUncountedLoss() -> Bool {
        defer { hasToldUncountedLoss = true }
        return !hasToldUncountedLoss
    }
}
