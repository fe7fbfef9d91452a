/// A netlink socket as the kernel lists it (`/proc/net/netlink`, af_netlink.c).
public struct NetlinkTableRow: Sendable, Equatable {
    public var port: UInt32
    public var inode: UInt64

    /// The sockets of one protocol; lines that are none are left out.
    ///
    /// - Parameter text: the whole file, its heading included.
    public static func rows(of family: Int, in text: String) -> [NetlinkTableRow] {
        text.split(separator: "\n").compactMap { line in
            // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
            let columns = line.split(separator: " ")
            guard columns.count >= 10, Int(columns[1]) == family, let port = UInt32(columns[2]),
                let inode = UInt64(columns[9])
            else { return nil }
            return NetlinkTableRow(port: port, inode: inode)
        }
    }
}
