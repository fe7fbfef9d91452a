internal import Glibc

/// A file that is read at once, such as those of /proc.
enum SmallFile {
    /// The file's text; `nil` where it cannot be read.
    static func text(of path: String) -> String? {
        // SAFETY: the path is a NUL-terminated copy for the call.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            // SAFETY: at most as many bytes are read as the array has.
            let count = unsafe read(file.number, &piece, piece.count)
            if count < 0 { return nil }
            if count == 0 { return String(decoding: text, as: UTF8.self) }
            text += piece[..<count]
        }
    }
}
