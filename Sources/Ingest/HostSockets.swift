internal import FlowModel
internal import Wire

/// Who listens to netfilter in this network namespace: readers of groups, and listeners for whose sake the kernel waits.
enum HostSockets {
    private static let operation = "list the netlink sockets"
    // thread-self: the table of the thread's own namespace, which --netns changed
    private static let groupList = "/proc/thread-self/net/netfilter/nfnetlink_log"

    /// Whether what makes groups is loaded.
    static var hasGroups: Bool { SmallFile.exists(groupList) }

    /// Who reads an NFLOG group; `nil` where nobody does, or we may not know.
    static func reader(of group: UInt16) -> ProcessName? {
        (try? groupReaders())?.first { $0.group == group }?.process
    }

    /// Who reads which NFLOG group.
    static func groupReaders() throws(IngestError) -> [GroupReader] {
        guard let table = SmallFile.text(of: groupList) else {
            // The kernel loads what makes groups with the first rule or reader.
            guard hasGroups else { return [] }
            throw IngestError(
                .privilege, "read \(groupList)", reason: "permission denied", cure: IngestError.privilegeCure)
        }
        let groups = LogGroupRow.rows(in: table)
        guard !groups.isEmpty else { return [] }
        let sockets = NetlinkTableRow.rows(of: 12, in: SmallFile.text(of: "/proc/thread-self/net/netlink") ?? "")
        let inodes = Dictionary(sockets.map { ($0.port, $0.inode) }) { first, _ in first }
        let owners = SocketOwners(of: Set(groups.compactMap { inodes[$0.port] }))
        return groups.map { row in
            GroupReader(group: row.group, process: owners.process(inode: inodes[row.port], port: row.port))
        }
    }

    /// Listeners to conntrack's events that demand every one of them (NETLINK_BROADCAST_ERROR).
    ///
    /// - Returns: `nil` where the kernel does not tell (no netlink_diag, or before Linux 4.6). It needs no privilege.
    static func reliableListeners() -> [ProcessName]? {
        var found: [UInt32: NetlinkDiagnosis] = [:]
        guard (try? list(into: &found)) == true else { return nil }
        let listeners = found.values.filter(\.listensToConntrack)
        guard listeners.allSatisfy({ $0.isReliable != nil }) else { return nil }
        let reliable = listeners.filter { $0.isReliable == true }.sorted { $0.inode < $1.inode }
        let owners = SocketOwners(of: Set(reliable.map { UInt64($0.inode) }))
        return reliable.map { owners.process(inode: UInt64($0.inode), port: $0.port) }
    }

    /// Lists netfilter's sockets, each once: those in multicast groups come twice.
    ///
    /// - Returns: whether the kernel gave the whole list.
    private static func list(into found: inout [UInt32: NetlinkDiagnosis]) throws(IngestError) -> Bool {
        try NetlinkSocket.list(.diagnosis, NetlinkRequest.socketDump(sequence: 1), for: operation) { message in
            if let socket = try? NetlinkDiagnosis(message) { found[socket.inode] = socket }
        }
    }
}
