/// Who holds an NFLOG group: /proc/net/netfilter/nfnetlink_log (nfnetlink_log.c, `seq_show`).
struct LogGroupOwner: CustomStringConvertible {
    var processID: Int
    /// `nil` where the process is gone, in another PID namespace, or has a socket whose port is not its number.
    var name: String?

    /// - Returns: `nil` where nobody holds the group.
    init?(group: UInt16) {
        // thread-self: the table of the thread's own namespace, which --netns changed
        guard let table = SmallFile.text(of: "/proc/thread-self/net/netfilter/nfnetlink_log") else { return nil }
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            guard columns.count >= 2, Int(columns[0]) == Int(group), let port = Int(columns[1]) else { continue }
            processID = port
            name = SmallFile.text(of: "/proc/\(port)/comm").map { String($0.prefix { $0 != "\n" }) }
            return
        }
        return nil
    }

    var description: String {
        name.map { "process \(processID) (\($0))" } ?? "netlink port \(processID)"
    }
}
