public import FlowModel
internal import Glibc
internal import Wire

/// Replays a savefile: the records' own times take the place of the clocks.
public struct SavefileSource: ~Copyable {
    private static let pieceSize = 1 << 20
    /// While it is up, a pipe that has nothing to read counts as ended.
    private let stop: Signal?

    private let path: String
    private let file: Descriptor
    private let header: SavefileHeader
    /// What was read from the file and not yet taken in, from `start` on.
    private var bytes: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var decoder: ObservationDecoder
    /// The time of the last record; the recording's end once all is read.
    public private(set) var time = ReceiveTime(wall: Timestamp(nanoseconds: 0), monotonic: 0)
    public private(set) var recordCount: UInt64 = 0

    /// Opens a savefile.
    ///
    /// - Parameter path: `-` is the standard input.
    /// - Throws: where it cannot be read, is no savefile, or holds what nfmon does not read.
    public static func open(
        _ path: String, names: NameTable, unless stop: Signal? = nil
    ) throws(IngestError) -> SavefileSource {
        let operation = "read savefile \(path)"
        // Not waiting, as a pipe's first writer may never come, and no signal ends open(2) here (SA_RESTART).
        // SAFETY: the path is a NUL-terminated copy for the call.
        let number = path == "-" ? dup(STDIN_FILENO) : unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw IngestError(file: operation, errno: errno) }
        let file = Descriptor(owning: number)
        var bytes: [UInt8] = []
        var isAtEnd = false
        while bytes.count < SavefileHeader.size, !isAtEnd {
            isAtEnd = try Self.readPiece(of: file.number, operation, unless: stop, into: &bytes)
        }
        do throws(SavefileFault) {
            let header = try SavefileHeader(bytes.reader)
            guard let type = LinkType(rawValue: header.linkType), !type.isOfFrames else {
                throw .linkType(header.linkType)
            }
            return SavefileSource(
                path: path, file: file, header: header, bytes: bytes, isAtEnd: isAtEnd, stop: stop,
                decoder: ObservationDecoder(names: names))
        } catch {
            throw IngestError(operation, fault: error)
        }
    }

    private init(
        path: String, file: consuming Descriptor, header: SavefileHeader, bytes: [UInt8], isAtEnd: Bool,
        stop: Signal?, decoder: ObservationDecoder
    ) {
        self.stop = stop
        self.path = path
        self.file = file
        self.header = header
        self.bytes = bytes
        start = SavefileHeader.size
        self.isAtEnd = isAtEnd
        self.decoder = decoder
    }

    /// Decodes the next record.
    ///
    /// - Parameter observations: emptied, then filled.
    /// - Returns: `false` at the end.
    /// - Throws: where the file is cut or broken; what came before stands.
    public mutating func next(into observations: inout ObservationBatch) throws(IngestError) -> Bool {
        observations.removeAll()
        let operation = "read savefile \(path)"
        try require(SavefileRecord.size, operation)
        guard start < bytes.count else { return false }
        let record = try nextRecord(operation)
        let length = SavefileRecord.size + record.capturedLength
        try require(length, operation)
        guard bytes.count - start >= length else { throw fault(.cut, operation) }
        let from = start + SavefileRecord.size
        start += length
        recordCount += 1
        time = ReceiveTime(wall: record.time, monotonic: UInt64(max(0, record.time.nanoseconds)))
        let held = bytes  // borrowing from the property itself would keep the decoder from changing
        Self.decode(
            held.reader.slice(from: from, to: start), of: header.linkType, with: &decoder, into: &observations)
        return true
    }

    private func nextRecord(_ operation: String) throws(IngestError) -> SavefileRecord {
        do throws(SavefileFault) {
            guard let record = try SavefileRecord(bytes.reader, at: start, in: header) else { throw .cut }
            return record
        } catch {
            throw fault(error, operation)
        }
    }

    private func fault(_ fault: SavefileFault, _ operation: String) -> IngestError {
        IngestError(operation, fault: fault, afterRecords: recordCount)
    }

    private static func decode(
        _ record: ByteReader, of linkType: UInt32, with decoder: inout ObservationDecoder,
        into observations: inout ObservationBatch
    ) {
        switch LinkType(rawValue: linkType) {
        case .netlink:
            guard let capture = NetlinkCapture(record) else {
                observations.append(.loss(Loss(lane: .conntrack, cause: .malformed, count: 1)))
                return
            }
            guard let family = capture.family else { return }
            decoder.decode(
                datagram: capture.messages, of: family, direction: capture.direction, to: &observations)
        case .nflog:
            do throws(WireFault) {
                guard let capture = NFLogCapture(record) else { throw .familyHeader }
                try decoder.decodePacket(group: capture.group, capture.attributes, to: &observations)
            } catch {
                if error == .notIP { return }
                observations.append(.loss(Loss(lane: .nflog, cause: .malformed, count: 1, fault: error)))
            }
        case .some, nil: return  // refused when the file was opened
        }
    }

    /// Makes sure that `count` bytes are there, unless the file ends before.
    private mutating func require(_ count: Int, _ operation: String) throws(IngestError) {
        while bytes.count - start < count, !isAtEnd {
            bytes.removeFirst(start)
            start = 0
            isAtEnd = try Self.readPiece(of: file.number, operation, unless: stop, into: &bytes)
        }
    }

    /// Appends the next bytes of the file.
    ///
    /// - Returns: whether the file has ended.
    private static func readPiece(
        of number: Int32, _ operation: String, unless stop: Signal?, into bytes: inout [UInt8]
    ) throws(IngestError) -> Bool {
        var set = PollSet(reading: [number] + (stop.map { [$0.number] } ?? []))
        while !set.wait(timeout: -1) {}
        if !set.isReady(number) { return true }
        var piece = [UInt8](repeating: 0, count: pieceSize)
        // SAFETY: at most as many bytes are read as the array has.
        let count = unsafe read(number, &piece, pieceSize)
        if count < 0, errno == EAGAIN || errno == EINTR { return false }
        guard count >= 0 else { throw IngestError(file: operation, errno: errno) }
        bytes += piece[..<count]
        return count == 0
    }
}

extension IngestError {
    fileprivate init(_ operation: String, fault: SavefileFault, afterRecords count: UInt64 = 0) {
        let (reason, cure): (String, String) =
            switch fault {
            case .notASavefile:
                ("not a savefile", "nfmon record, or tcpdump -i nflog:100 -w, writes one")
            case .pcapng:
                ("pcapng is not read", "convert it: tshark -F nsecpcap -r IN -w OUT")
            case .linkType(let type):
                (
                    "link type \(type) is not read",
                    "nfmon reads netlink (253), from nfmon record, and NFLOG (239), from tcpdump -i nflog:100"
                )
            case .recordLength(let length):
                ("record \(count + 1) claims \(length) bytes", "the file is damaged; what came before it was read")
            case .cut:
                ("the file ends within record \(count + 1)", "it was cut; what came before was read")
            }
        self.init(.data, operation, reason: reason, cure: cure)
    }
}
