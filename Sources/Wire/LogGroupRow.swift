/// A line of `/proc/net/netfilter/nfnetlink_log`: an NFLOG group and the netlink port that has it (nfnetlink_log.c, `seq_show`).
public struct LogGroupRow: Sendable, Equatable {
    public var group: UInt16
    public var port: UInt32

    public static func rows(in text: String) -> [LogGroupRow] {
        text.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: " ")
            guard columns.count >= 2, let group = UInt16(columns[0]), let port = UInt32(columns[1]) else { return nil }
            return LogGroupRow(group: group, port: port)
        }
    }
}
