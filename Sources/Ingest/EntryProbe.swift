internal import FlowModel
internal import Glibc
internal import Wire

/// Asks the kernel whether it attaches conntrack's entry to logged packets (NFULA_CT).
///
/// There is no other way to know than to ask for it on a group, so one is taken that nobody reads and nothing feeds, and
/// given back at once.
enum EntryProbe {
    /// - Parameter used: groups to leave alone.
    /// - Returns: `nil` where the kernel would not say.
    static func attachesEntries(avoiding used: Set<UInt16>) -> Bool? {
        guard let group = (1...UInt16.max).reversed().first(where: { !used.contains($0) }) else { return nil }
        let operation = "take NFLOG group \(group) for a moment"
        // The group goes with the socket.
        guard let socket = try? NetlinkSocket.open(.netfilter, stride: 8192, count: 1, for: operation) else {
            return nil
        }
        do throws(IngestError) {
            try socket.send(NetlinkRequest.bindLogGroup(group, sequence: 1), for: operation)
            guard try socket.answer(to: 1, for: operation) == nil else { return nil }
            try socket.send(NetlinkRequest.setLogFlags(group, withConntrack: true, sequence: 2), for: operation)
            guard let refusal = try socket.answer(to: 2, for: operation) else { return true }
            return refusal.errorNumber == EOPNOTSUPP ? false : nil
        } catch {
            return nil
        }
    }
}
