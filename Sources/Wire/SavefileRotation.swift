public import FlowModel

/// When a recording goes on in another file, and what the files are called.
///
/// The first is called as was asked for; a number comes in front of the last extension: `lan.pcap`, `lan.1.pcap`, `lan.2.pcap`. Where only
/// some are kept, the oldest go.
public struct SavefileRotation: Sendable {
    /// A file is done, and another one begins.
    public struct Step: Sendable, Equatable {
        public var path: String
        /// Files that are not kept any longer.
        public var removed: [String]
    }

    private let path: String
    private let byteLimit: UInt64?
    private let interval: UInt64?
    private let keptCount: Int?
    /// The number of the file that is being written, its size, and when its first frame passed.
    private var number = 0
    private var byteCount: UInt64 = 0
    private var start: Timestamp?

    /// - Parameters:
    ///   - byteLimit: no file gets longer, unless a single frame is.
    ///   - interval: nanoseconds of the frames' time that a file covers.
    ///   - keptCount: how many files are kept, the one that is being written included; all, where it is `nil`.
    public init(path: String, byteLimit: UInt64?, interval: UInt64?, keptCount: Int?) {
        self.path = path
        self.byteLimit = byteLimit
        self.interval = interval
        self.keptCount = keptCount
    }

    /// The next file, where a record does not belong into the one that is being written; `nil` where it does.
    ///
    /// - Parameter count: bytes of the record, its header included.
    public mutating func next(adding count: Int, at time: Timestamp) -> Step? {
        let size = UInt64(max(0, count))
        let isFull = byteLimit.map { start != nil && byteCount + size > $0 } ?? false
        let isOver = interval.flatMap { interval in start.map { Self.age(of: $0, at: time) >= interval } } ?? false
        defer {
            byteCount += size
            start = start ?? time
        }
        guard isFull || isOver else { return nil }
        number += 1
        byteCount = 0
        start = nil
        let isBeyond = keptCount.map { number >= $0 } ?? false
        let removed = isBeyond ? [name(number - (keptCount ?? 0))] : []
        return Step(path: name(number), removed: removed)
    }

    /// Takes in what the file has besides records: what it begins with, and what it will end with.
    public mutating func add(_ count: Int) { byteCount += UInt64(max(0, count)) }

    /// A clock that was set back makes no file older.
    private static func age(of start: Timestamp, at time: Timestamp) -> UInt64 {
        UInt64(max(0, time.nanoseconds &- start.nanoseconds))
    }

    private func name(_ number: Int) -> String {
        guard number > 0 else { return path }
        let folder = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[folder...].lastIndex(of: "."), dot > folder else { return "\(path).\(number)" }
        return "\(path[..<dot]).\(number)\(path[dot...])"
    }
}
