internal import CLinux
public import FlowModel
internal import Glibc

/// Gives up what a monitor that goes on for months has no use for.
public enum ProcessPrivileges {
    /// Makes a process that was started as root another user's, with no capability left but those that the sources take: also
    /// to be opened again, weeks later.
    ///
    /// CAP_NET_ADMIN stays, and passes to the tools that the doctor asks; CAP_SYS_ADMIN only where a network namespace is to be
    /// entered. The bounding set has no others either, and no program that is run can gain any. A process that somebody else
    /// has made another user's (systemd, with `User=`) keeps what it was given.
    ///
    /// It is about the thread that calls it, and so has to come before any other is started.
    ///
    /// - Parameters:
    ///   - user: whose it becomes; `nil` stays root.
    ///   - entersNamespace: whether CAP_SYS_ADMIN stays.
    /// - Throws: where there is no such user, or the kernel refuses. The process is not to go on then.
    public static func reduce(user name: String?, entersNamespace: Bool) throws(IngestError) {
        let operation = "give up privileges"
        if getuid() == 0, let name {
            guard threadCount == 1 else {
                throw IngestError(.inputOutput, operation, reason: "other threads run already and would keep theirs")
            }
            let account = try UserAccount(named: name)
            var kept = Capability.administerNetwork.bit
            if entersNamespace { kept |= Capability.administerSystem.bit }
            try become(account, keeping: kept, operation)
        }
        try require(nfmon_set_no_new_privileges(), operation)
    }

    private static func become(
        _ account: UserAccount, keeping kept: UInt64, _ operation: String
    ) throws(IngestError) {
        try require(nfmon_keep_capabilities_across_setuid(1), operation)
        // The bounding set first, as that takes a capability which goes with the user. Numbers that the kernel does not have
        // are refused, and no loss.
        for number in 0...Capability.greatest where kept & 1 << UInt64(number) == 0 {
            let result = nfmon_drop_bounding_capability(number)
            if result != -EINVAL { try require(result, operation) }
        }
        // SAFETY: the name is a NUL-terminated copy for the call.
        guard unsafe initgroups(account.name, account.group) == 0, setgid(account.group) == 0, setuid(account.user) == 0
        else { throw IngestError("become user \(account.name)", errno: errno) }
        try require(nfmon_set_capabilities(kept), operation)
        try require(nfmon_clear_ambient_capabilities(), operation)
        // nft and iptables-save are asked for rules, and need it as nfmon does.
        try require(nfmon_raise_ambient_capability(Capability.administerNetwork.rawValue), operation)
        try require(nfmon_keep_capabilities_across_setuid(0), operation)
    }

    /// - Parameter result: 0, or a negative error number.
    private static func require(_ result: Int32, _ operation: String) throws(IngestError) {
        guard result == 0 else {
            throw IngestError(
                operation, errno: -result,
                cure:
                    "start it with all of root's capabilities, or by systemd as another user, or stay root with --user root"
            )
        }
    }

    private static var threadCount: Int {
        let status = SmallFile.text(of: "/proc/self/status") ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Threads:") }
        return line.flatMap { $0.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } } ?? 1
    }
}

/// A user of this host.
private struct UserAccount {
    var name: String
    var user: uid_t
    /// Its first group; initgroups(3) finds the others.
    var group: gid_t

    init(named name: String) throws(IngestError) {
        var room = [CChar](repeating: 0, count: 64 << 10)
        // SAFETY: the entry's texts lie in the room, which lives as long as it is looked at; the name is a NUL-terminated copy.
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        let result = unsafe getpwnam_r(name, &entry, &room, room.count, &found)
        guard result == 0 else { throw IngestError("find user \(name)", errno: result) }
        guard unsafe found != nil else {
            throw IngestError(
                .unavailable, "become user \(name)", reason: "there is none",
                cure:
                    "make it with \"adduser --system --group \(name)\", choose another with --user, or stay root with --user root"
            )
        }
        (self.name, user, group) = unsafe (name, entry.pw_uid, entry.pw_gid)
    }
}
