internal import CLinux
internal import Glibc

/// The service manager that started the process, where one wants to be told how it is: systemd with `Type=notify` (sd_notify(3)).
///
/// A message is a datagram of lines such as `READY=1` to the socket that the environment names. One that cannot be delivered is
/// not worth an error: the manager notices by itself what it misses.
public struct ServiceManager: Sendable {
    /// Nanoseconds within which it wants a sign of life again; `nil` where it does not watch.
    public let watchdog: UInt64?
    private let address: [UInt8]

    /// - Returns: `nil` where no manager is to be told.
    public init?() {
        guard let path = OwnProcess.environment("NOTIFY_SOCKET"), Self.isAddress(path) else { return nil }
        address = Array(path.utf8)
        let isMeant = OwnProcess.environment("WATCHDOG_PID").map { Int32($0) == OwnProcess.number } ?? true
        let interval = OwnProcess.environment("WATCHDOG_USEC").flatMap { UInt64($0) }
        watchdog = isMeant ? interval.flatMap { $0 > 0 && $0 <= .max / 1000 ? $0 * 1000 : nil } : nil
    }

    /// A path, or a name of the abstract kind with an `@` in front; as long as an address can be.
    private static func isAddress(_ path: String) -> Bool {
        (path.first == "/" || path.first == "@")
            && (2...MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1).contains(path.utf8.count)
    }

    /// Tells it something.
    ///
    /// - Parameters:
    ///   - lines: such as `STATUS=…`; a line break within one is left out.
    ///   - waits: whether a manager that reads nothing just now is waited for.
    /// - Returns: whether it will read that.
    @discardableResult
    public func tell(_ lines: [String], waits: Bool = true) -> Bool {
        let message = lines.map { String($0.unicodeScalars.filter { $0 != "\n" }) }.joined(separator: "\n")
        let number = nfmon_unix_datagram_socket()
        guard number >= 0 else { return false }
        let descriptor = Descriptor(owning: number)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = address.first == UInt8(ascii: "@")
        // SAFETY: the address was found to be shorter than the field, which is zero otherwise.
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { field in
            unsafe field.copyBytes(from: address)
            if isAbstract { unsafe field[0] = 0 }
        }
        // An abstract name is as long as is said, a path ends with a zero.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count + (isAbstract ? 0 : 1))
        let bytes = Array(message.utf8)
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        // SAFETY: both are borrowed for the call, with their own lengths.
        let sent = unsafe withUnsafePointer(to: &name) { name in
            unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe sendto(
                        descriptor.number, bytes.baseAddress, bytes.count, flags, name, length)
                }
            }
        }
        return sent == bytes.count
    }
}
