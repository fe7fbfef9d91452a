/// Where the monitor answers.
public struct SocketSettings: Equatable, Sendable {
    /// Where it answers if nothing else is said.
    public static let defaultPath = "/run/nfmon/nfmon.sock"

    /// The socket's path.
    public var path = defaultPath
    /// Its permission bits.
    public var mode: UInt32 = 0o660
    /// The group that owns it; `nil` leaves the process's own.
    public var group: String? = "nfmon"
    /// The address of a TCP port that answers, too, such as `127.0.0.1:9465` or `[::1]:9465`; `nil` is none.
    public var listen: String?

    public init() {}
}
