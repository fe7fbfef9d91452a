import Glibc
import Testing

/// A socket's file that a server has left behind, as one does that is killed.
enum StaleSocket {
    static func make(_ path: String) {
        let number = socket(AF_UNIX, 1, 0)  // SOCK_STREAM
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the path of a test and its NUL fit; the address is borrowed for the call, with its size.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(result == 0)
        close(number)
    }
}
