internal import CLinux
internal import CNetfilter
internal import FlowModel
internal import Glibc
internal import Wire

/// A netlink socket with its receive buffers, closed when its owner goes.
// Safe, as the pointer never leaves its one owner.
@safe
struct NetlinkSocket: ~Copyable {
    /// The netlink families in use.
    enum Family: Int32 {
        case route = 0
        case diagnosis = 4
        case netfilter = 12
    }

    private let socket: OpaquePointer
    let number: Int32
    private let buffers: ReceiveBuffers

    /// Opens a socket.
    ///
    /// - Parameters:
    ///   - stride: bytes of one buffer: the longest datagram that can come.
    ///   - count: datagrams that one call can receive, at most 64.
    static func open(_ family: Family, stride: Int, count: Int, for operation: String) throws(IngestError)
        -> NetlinkSocket
    {
        // SAFETY: a new socket or nil; its one owner closes it.
        guard let socket = unsafe mnl_socket_open2(family.rawValue, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw IngestError(operation, errno: errno)
        }
        // Group membership is asked for later, one by one, where its refusal can be told.
        // SAFETY: the socket is open and, where it cannot be bound, closed once: no owner has it yet.
        guard unsafe mnl_socket_bind(socket, 0, 0) == 0 else {
            let number = errno
            _ = unsafe mnl_socket_close(socket)
            throw IngestError(operation, errno: number)
        }
        // The kernel's own sentence with each refusal; older kernels have none.
        var one: Int32 = 1
        // SAFETY: the option is four bytes, and the variable is.
        _ = unsafe setsockopt(
            mnl_socket_get_fd(socket), Int32(NFMON_SOL_NETLINK), NETLINK_EXT_ACK, &one,
            socklen_t(MemoryLayout<Int32>.size))
        return unsafe NetlinkSocket(owning: socket, buffers: ReceiveBuffers(stride: stride, count: count))
    }

    private init(owning socket: OpaquePointer, buffers: consuming ReceiveBuffers) {
        // SAFETY: the caller hands over an open socket, which nobody else has.
        unsafe self.socket = socket
        number = unsafe mnl_socket_get_fd(socket)
        self.buffers = buffers
    }

    // SAFETY: the socket was opened by `open` and is closed here only.
    deinit { _ = unsafe mnl_socket_close(socket) }

    /// Joins a multicast group.
    func join(group: Int32, for operation: String) throws(IngestError) {
        var group = group
        // SAFETY: the option is four bytes, and the variable is.
        let result = unsafe setsockopt(
            number, Int32(NFMON_SOL_NETLINK), NETLINK_ADD_MEMBERSHIP, &group, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 else { throw IngestError(operation, errno: errno) }
    }

    /// Leaves a multicast group. That cannot fail for a group that was joined.
    func leave(group: Int32) {
        var group = group
        // SAFETY: the option is four bytes, and the variable is.
        _ = unsafe setsockopt(
            number, Int32(NFMON_SOL_NETLINK), NETLINK_DROP_MEMBERSHIP, &group, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Has the kernel drop messages before they take receive buffer: they do not count as lost.
    ///
    /// - Returns: whether the kernel took the program.
    func attach(_ program: BPFProgram) -> Bool {
        // SAFETY: an Instruction is laid out as struct sock_filter (2, 1, 1 and 4 bytes), and the kernel copies the program.
        unsafe program.instructions.withUnsafeBytes { bytes in
            unsafe nfmon_attach_filter(number, bytes.baseAddress, UInt16(clamping: program.instructions.count)) == 0
        }
    }

    /// Turns off the kernel's penalty for an overrun, which is to drop everything until the queue is empty. Losses are then
    /// told by ``dropCount`` alone.
    func ignoreOverrunErrors() { _ = set(NETLINK_NO_ENOBUFS) }

    /// Has conntrack keep the end of a session, and send it again, until every socket that asks for this has taken it
    /// (nf_ct_deliver_cached_events).
    ///
    /// - Throws: where the kernel does not know the option.
    func demandEnds(for operation: String) throws(IngestError) {
        guard set(NETLINK_BROADCAST_ERROR) else { throw IngestError(operation, errno: errno) }
    }

    /// Turns an option of netlink's on; whether the kernel did.
    private func set(_ option: Int32) -> Bool {
        var one: Int32 = 1
        // SAFETY: the option is four bytes, and the variable is.
        return unsafe setsockopt(
            number, Int32(NFMON_SOL_NETLINK), option, &one, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Makes the receive buffer as large as asked for.
    ///
    /// - Returns: the size that it has now, in the same terms: the kernel accounts for twice as much, for its own overhead.
    func setReceiveBuffer(byteCount: Int) -> Int {
        var size = Int32(clamping: byteCount)
        let length = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: both options are four bytes, and the variables are.
        if unsafe setsockopt(number, SOL_SOCKET, Int32(NFMON_SO_RCVBUFFORCE), &size, length) != 0 {
            _ = unsafe setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, length)
        }
        return receiveBuffer
    }

    /// Makes the receive buffer larger if the kernel lets us go beyond its limit; within it the buffer is already.
    ///
    /// - Returns: its size now.
    func growReceiveBuffer(byteCount: Int) -> Int {
        var size = Int32(clamping: byteCount)
        // SAFETY: the option is four bytes, and the variable is.
        _ = unsafe setsockopt(
            number, SOL_SOCKET, Int32(NFMON_SO_RCVBUFFORCE), &size, socklen_t(MemoryLayout<Int32>.size))
        return receiveBuffer
    }

    /// Bytes of receive buffer, without what the kernel adds for its own overhead.
    private var receiveBuffer: Int {
        var result: Int32 = 0
        var resultLength = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: the option is four bytes, and the variable is.
        guard unsafe getsockopt(number, SOL_SOCKET, SO_RCVBUF, &result, &resultLength) == 0 else { return 0 }
        return Int(result) / 2
    }

    /// How many messages the kernel has dropped since the socket was opened, for want of receive buffer; exact, and
    /// wrapping at 2^32. `nil` before Linux 4.12.
    var dropCount: UInt32? {
        let count = nfmon_drop_count(number)
        return count < 0 ? nil : UInt32(truncatingIfNeeded: count)
    }

    /// Bytes of receive buffer that what waits in it takes up, in the terms of ``setReceiveBuffer(byteCount:)``; `nil` before
    /// Linux 4.12.
    var waitingByteCount: Int? {
        let count = nfmon_receive_memory(number)
        return count < 0 ? nil : Int(count / 2)
    }

    /// Sends a request to the kernel.
    func send(_ request: [UInt8], for operation: String) throws(IngestError) {
        // SAFETY: the request is borrowed for the call, and the socket is open as long as its owner lives.
        let result = unsafe request.withUnsafeBytes { bytes in
            unsafe mnl_socket_sendto(socket, bytes.baseAddress, bytes.count)
        }
        guard result == request.count else { throw IngestError(operation, errno: errno) }
    }

    /// What a receive call came to.
    enum Received {
        /// This many datagrams are in the buffers.
        case datagrams(Int)
        /// There are none for now.
        case nothing
        /// The kernel says that it dropped messages (ENOBUFS); older ones are still to be read.
        case overrun
    }

    /// Receives what is there, without waiting.
    func receive(for operation: String) throws(IngestError) -> Received {
        let result = buffers.receive(from: number)
        switch result {
        case 0...: return .datagrams(Int(result))
        case -EAGAIN: return .nothing
        case -ENOBUFS: return .overrun
        default: throw IngestError(operation, errno: -result)
        }
    }

    /// The bytes of a datagram of the last ``receive(for:)``, valid until the next one; `nil` where it was longer than a
    /// buffer.
    func withDatagram<Result, Failure: Error>(
        _ index: Int, _ body: (ByteReader?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try buffers.withDatagram(index, body)
    }
}
