internal import CLinux
internal import FlowModel
internal import Wire

/// Sockets that share the packets of an interface, those of each pair of hosts with one of them (PACKET_FANOUT).
///
/// By addresses alone, so that fragments go where their first one goes, and stay what they are: the kernel's own hash needs them put
/// together first.
final class PacketShare: Sendable {
    private struct Group: Sendable {
        var interface: InterfaceIndex
        var number: Int32
        /// Sockets that are ready for packets.
        var readyCount = 0
    }

    private let group = Lock<Group?>(nil)
    /// How many sockets there will be.
    private let count: Int

    init(count: Int) { self.count = count }

    /// Joins a socket to the others of the interface.
    ///
    /// - Returns: a negative error number where the kernel refuses.
    func join(_ socket: Int32, _ interface: InterfaceIndex) -> Int32 {
        group.withLock { group in
            // An interface that was made anew is another one, and needs a group of its own.
            if let known = group, known.interface == interface { return nfmon_packet_share(socket, known.number) }
            let number = nfmon_packet_share(socket, -1)
            if number >= 0 { group = Group(interface: interface, number: number) }
            return number
        }
    }

    /// The socket is ready. Once all are, each gets its packets; until then the first has had all.
    ///
    /// - Returns: a negative error number where the kernel refuses.
    func giveIfComplete(_ socket: Int32) -> Int32 {
        group.withLock { group in
            group?.readyCount += 1
            guard group?.readyCount ?? 0 >= count else { return 0 }
            let program = BPFProgram.addressPair
            // SAFETY: an Instruction is laid out as struct sock_filter (2, 1, 1 and 4 bytes), and the kernel copies the program.
            return unsafe program.instructions.withUnsafeBytes { bytes in
                unsafe nfmon_packet_divide(socket, bytes.baseAddress, UInt16(clamping: program.instructions.count))
            }
        }
    }
}
