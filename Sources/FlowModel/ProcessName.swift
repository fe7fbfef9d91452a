/// A process by number and name, or a netlink port of which no process is known.
public struct ProcessName: Sendable, Equatable, CustomStringConvertible {
    /// The process; `nil` where it is in another PID namespace, or hidden from us.
    public var number: Int?
    /// What `ps` calls it; may hold anything.
    public var name: String?
    /// The port of its netlink socket: by custom the process's number.
    public var port: UInt32

    public init(number: Int?, name: String?, port: UInt32) {
        self.number = number
        self.name = name
        self.port = port
    }

    /// Whether it calls itself nfmon.
    public var isNFMon: Bool { name == "nfmon" }

    public var description: String {
        guard let number else { return "netlink port \(port)" }
        return "process \(number)" + (name.map { " (\($0))" } ?? "")
    }
}
