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

    /// Whether there is such a file, readable or not.
    static func exists(_ path: String) -> Bool {
        // SAFETY: the path is a NUL-terminated copy for the call.
        unsafe access(path, F_OK) == 0
    }

    /// Whether its mode lets its owner write. The kernel's own check lets root write whatever the mode is, but a setting that a
    /// network namespace may not change has none of these bits.
    static func isSettable(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: the path is a NUL-terminated copy for the call, and the struct is the call's own result.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IWUSR != 0
    }
}
