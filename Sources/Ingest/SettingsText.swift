public import FlowModel
internal import Glibc

/// A file of settings, which somebody may have put anything in the place of.
public enum SettingsText {
    /// Bytes beyond which nobody wrote it by hand.
    private static let greatestSize = 1 << 20

    /// Reads the file whole.
    ///
    /// - Returns: `nil` where there is none.
    public static func read(_ path: String) throws(IngestError) -> [UInt8]? {
        let operation = "read the settings in \(path)"
        // Not waiting: a pipe's writer may never come.
        // SAFETY: the path is a NUL-terminated copy for the call.
        let number = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw IngestError(file: operation, errno: errno)
        }
        let file = Descriptor(owning: number)
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while text.count <= greatestSize {
            // SAFETY: at most as many bytes are read as the array has.
            let count = unsafe Glibc.read(file.number, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw IngestError(file: operation, errno: errno) }
            if count == 0 { return text }
            text += piece[..<count]
        }
        throw IngestError(
            .data, operation, reason: "it has more than \(greatestSize) bytes", cure: "name a file of settings")
    }
}
