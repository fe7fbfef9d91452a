/// The memory that a program can take without the host running out of it.
enum FreeMemory {
    /// Bytes, as the kernel estimates them; `nil` where it does not say.
    static var current: UInt64? { SmallFile.text(of: "/proc/meminfo").flatMap(bytes(of:)) }

    /// Reads `MemAvailable` of /proc/meminfo (proc_meminfo(5)), which is told in KiB.
    static func bytes(of text: String) -> UInt64? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, words[0] == "MemAvailable:", let count = UInt64(words[1]) else { continue }
            let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: 1024)
            return isTooMuch ? nil : bytes
        }
        return nil
    }
}
