internal import Glibc

/// What lies in a folder.
enum Folder {
    /// The names in it; none where it cannot be read.
    static func names(in path: String) -> [String] {
        // SAFETY: the folder is open until it is closed here, and an entry is read before the next one is asked for.
        guard let directory = unsafe opendir(path) else { return [] }
        defer { _ = unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            names.append(
                unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }
}
