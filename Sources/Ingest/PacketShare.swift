internal import CLinux
internal import FlowModel

/// Sockets that share the packets of an interface, each session's with one of them (PACKET_FANOUT_HASH).
final class PacketShare: Sendable {
    private struct Group: Sendable {
        var interface: InterfaceIndex
        var number: Int32
    }

    private let group = Lock<Group?>(nil)

    /// Joins a socket to the others of the interface.
    ///
    /// - Returns: a negative error number where the kernel refuses.
    func join(_ socket: Int32, _ interface: InterfaceIndex) -> Int32 {
        group.withLock { group in
            // An interface that was made anew is another one, and needs a group of its own.
            let known = group.flatMap { $0.interface == interface ? $0.number : nil }
            let number = nfmon_packet_share(socket, known ?? -1)
            if number >= 0 { group = Group(interface: interface, number: number) }
            return number
        }
    }
}
