internal import CLinux
internal import Glibc
internal import Wire

/// Buffers for a batch of datagrams, allocated once.
// Safe, as the pointers never leave their one owner.
@safe
struct ReceiveBuffers: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    private let lengths: UnsafeMutablePointer<UInt32>
    private let stride: Int
    private let count: Int

    init(stride: Int, count: Int) {
        self.stride = stride
        self.count = count
        // SAFETY: memory of its own, which lives as long as its one owner; every length is set before it is read.
        unsafe memory = .allocate(byteCount: stride * count, alignment: 16)
        unsafe lengths = .allocate(capacity: count)
        unsafe lengths.initialize(repeating: 0, count: count)
    }

    deinit {
        // SAFETY: both were allocated by the initialiser and are given back here only; numbers need no deinitialising.
        unsafe memory.deallocate()
        unsafe lengths.deallocate()
    }

    /// Receives as many datagrams as there are and fit: their number, or a negative error number.
    func receive(from socket: Int32) -> Int32 {
        // SAFETY: the memory holds `count` buffers of `stride` bytes, and `lengths` as many numbers.
        unsafe nfmon_receive_batch(socket, memory, UInt32(stride), UInt32(count), lengths)
    }

    /// Lends the bytes of a received datagram; `nil` where it was longer than its buffer.
    func withDatagram<Result, Failure: Error>(
        _ index: Int, _ body: (ByteReader?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard index >= 0, index < count else { return try body(nil) }
        let length = unsafe Int(lengths[index])
        guard length <= stride else { return try body(nil) }
        // SAFETY: the kernel wrote `length` bytes there, and the buffers outlive the closure.
        let bytes = unsafe UnsafeRawBufferPointer(start: memory + index * stride, count: length)
        return try body(ByteReader(unsafe bytes.bytes))
    }
}
