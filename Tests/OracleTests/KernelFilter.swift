import CLinux
import Glibc
import Wire

/// A socket of ours with a filter program, which the kernel runs on whatever is sent to it: netlink's attributes are found in
/// any socket's messages.
final class KernelFilter {
    private let sender: Int32
    private let receiver: Int32

    /// - Returns: `nil` where the kernel does not take the program.
    init?(_ program: BPFProgram) {
        var pair: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &pair) == 0 else { return nil }
        (sender, receiver) = (pair[0], pair[1])
        let result = unsafe program.instructions.withUnsafeBytes { bytes in
            unsafe nfmon_attach_filter(receiver, bytes.baseAddress, UInt16(program.instructions.count))
        }
        guard result == 0 else { return nil }
    }

    deinit {
        close(sender)
        close(receiver)
    }

    /// Whether the kernel lets a message through.
    func admits(_ message: [UInt8]) -> Bool {
        var room = [UInt8](repeating: 0, count: message.count)
        guard unsafe send(sender, message, message.count, 0) == message.count else { return false }
        return unsafe recv(receiver, &room, room.count, Int32(MSG_DONTWAIT)) == message.count
    }
}
