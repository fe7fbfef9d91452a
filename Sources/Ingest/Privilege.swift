internal import Glibc

/// What the process may do.
enum Privilege {
    /// Whether it may ask netfilter for anything: CAP_NET_ADMIN, in this user namespace.
    static var administersNetwork: Bool { (effective ?? 0) & Capability.administerNetwork.bit != 0 }

    /// The bits of all capabilities that the thread has; `nil` where the kernel does not say.
    static var effective: UInt64? {
        guard let status = SmallFile.text(of: "/proc/thread-self/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let set = line.split(whereSeparator: \.isWhitespace).last.flatMap({ UInt64($0, radix: 16) })
        else { return nil }
        return set
    }

    /// Whether it is root: some of what the kernel tells is root's files, which no capability of nfmon's opens.
    static var isRoot: Bool { geteuid() == 0 }
}
