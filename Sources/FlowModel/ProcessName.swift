/// A process by number and name, or a netlink port of which no process is known.
public struct ProcessName: Sendable, Equatable, CustomStringConvertible {
    /// The process; `nil` where it is in another PID namespace, or hidden from us.
    public var number: Int?
    /// What `ps` calls it; may hold anything.
    public var name: String?
    /// The port of its netlink socket: by custom the process's number.
    public var port: UInt32
    /// Whether it is nfmon, by its own name or its program's.
    public var isNFMon: Bool

    /// - Parameters:
    ///   - program: the path of the program that it runs; `nil` where it is hidden from us.
    ///   - ownProgram: the path of ours: who runs the same is nfmon, whatever somebody has called it.
    public init(number: Int?, name: String?, port: UInt32, program: String? = nil, ownProgram: String? = nil) {
        self.number = number
        self.name = name
        self.port = port
        isNFMon =
            name == "nfmon" || program.map { $0 == ownProgram || $0.split(separator: "/").last == "nfmon" } ?? false
    }

    public var description: String {
        guard let number else { return "netlink port \(port)" }
        return "process \(number)" + (name.map { " (\($0))" } ?? "")
    }
}
