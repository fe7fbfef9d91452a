internal import Glibc

/// Which kernel runs: its text, as `uname -r` prints it, and its first two numbers.
struct KernelRelease: Sendable {
    let text: String
    private let version: (Int, Int)

    static let current = KernelRelease(text: Self.name)

    private init(text: String) {
        self.text = text
        let parts = text.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        version = parts.count == 2 ? (parts[0], parts[1]) : (0, 0)
    }

    /// Whether it is as new as that.
    func isAtLeast(_ major: Int, _ minor: Int) -> Bool { version >= (major, minor) }

    private static var name: String {
        var names = utsname()
        // SAFETY: the call fills the struct, whose texts are NUL-terminated.
        guard unsafe uname(&names) == 0 else { return "" }
        return unsafe withUnsafeBytes(of: &names.release) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
