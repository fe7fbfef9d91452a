public import FlowModel
internal import Glibc

// Why a server cannot listen, each reason with its own cure.

extension IngestError {
    /// - Parameters:
    ///   - path: of the socket's file.
    ///   - number: what `bind(2)` or `listen(2)` said.
    public init(listeningOnPath path: String, errno number: Int32) {
        let folder = Self.folder(of: path)
        let cure =
            switch number {
            case ENOENT:
                "make the directory (install -d -o \(Self.ownUser) \(folder)), as nfmon.service does for its own, or choose another path with --socket"
            case EACCES, EPERM:
                "the directory must belong to the user that nfmon runs as (chown \(Self.ownUser) \(folder)), or choose another path with --socket"
            case EADDRINUSE: "look who has it (ss -lxp), or choose another path with --socket"
            case ENOTDIR: "\(folder) is no directory: choose another path with --socket"
            case EROFS: "choose a path that can be written to with --socket, such as one under /run"
            default: "choose another path with --socket"
            }
        self.init(.unavailable, "listen on \(path)", reason: Self.text(of: number), cure: cure)
    }

    /// - Parameters:
    ///   - address: host and port, as configured.
    ///   - number: what `bind(2)` or `listen(2)` said.
    public init(listeningOnAddress address: String, errno number: Int32) {
        let port = address.split(separator: ":").last.map(String.init) ?? ""
        let cure =
            switch number {
            case EACCES, EPERM: "a port below 1024 is for root only: take a higher one, such as 9465"
            case EADDRINUSE: "look who has it (ss -lntp sport = :\(port)), or take another port"
            case EADDRNOTAVAIL: "it is no address of this host (ip -brief address shows which are)"
            case EAFNOSUPPORT: "this host has no IPv6, or no IPv4: take an address of the other"
            default: "take another address or port"
            }
        self.init(.unavailable, "listen on \(address)", reason: Self.text(of: number), cure: cure)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The name of the user that the process runs as, or its number.
    private static var ownUser: String {
        // SAFETY: the answer is read before the next call can change it; servers are made by one thread.
        guard let entry = unsafe getpwuid(geteuid()) else { return "\(geteuid())" }
        return unsafe String(cString: entry.pointee.pw_name)
    }
}
