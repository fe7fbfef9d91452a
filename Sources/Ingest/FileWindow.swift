internal import FlowModel
internal import Glibc

/// The part of a file that is being read: bytes come in behind, and those that were read are let go in front.
struct FileWindow: ~Copyable {
    private static let pieceSize = 1 << 20

    /// What is being done, for errors.
    let operation: String
    private let file: Descriptor
    /// While it is up, a pipe that has nothing to read counts as ended.
    private let stop: Signal?
    /// What is in the window, from ``start`` on.
    private(set) var bytes: [UInt8] = []
    private(set) var start = 0
    private var isAtEnd = false
    /// Where the file is read to.
    private var piece = [UInt8](repeating: 0, count: pieceSize)

    /// Opens a file; `-` is the standard input.
    init(of path: String, _ operation: String, unless stop: Signal?) throws(IngestError) {
        // Not waiting, as a pipe's first writer may never come, and no signal ends open(2) here (SA_RESTART).
        // SAFETY: the path is a NUL-terminated copy for the call.
        let number = path == "-" ? dup(STDIN_FILENO) : unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw IngestError(file: operation, errno: errno) }
        file = Descriptor(owning: number)
        self.operation = operation
        self.stop = stop
    }

    /// How many bytes are in the window.
    var count: Int { bytes.count - start }

    /// Reads until `count` bytes are in the window.
    ///
    /// - Returns: `false` where the file ends before.
    mutating func fill(to count: Int) throws(IngestError) -> Bool {
        while self.count < count, !isAtEnd {
            bytes.removeFirst(start)
            start = 0
            try readPiece()
        }
        return self.count >= count
    }

    /// Lets go of the next `count` bytes, which need not be in the window yet.
    ///
    /// - Returns: `false` where the file ends before.
    mutating func skip(_ count: Int) throws(IngestError) -> Bool {
        var rest = count
        while rest > self.count {
            guard !isAtEnd else { return false }
            rest -= self.count
            bytes.removeAll(keepingCapacity: true)
            start = 0
            try readPiece()
        }
        start += rest
        return true
    }

    /// Appends the next bytes of the file.
    private mutating func readPiece() throws(IngestError) {
        var set = PollSet(reading: [file.number] + (stop.map { [$0.number] } ?? []))
        while !set.wait(timeout: -1) {}
        guard set.isReady(file.number) else {
            isAtEnd = true
            return
        }
        // SAFETY: at most as many bytes are read as the array has.
        let count = unsafe read(file.number, &piece, Self.pieceSize)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count >= 0 else { throw IngestError(file: operation, errno: errno) }
        bytes += piece[..<count]
        isAtEnd = count == 0
    }
}
