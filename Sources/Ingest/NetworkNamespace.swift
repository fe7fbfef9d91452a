internal import CLinux
public import FlowModel
internal import Glibc

/// A network namespace by its name, as `ip netns` keeps them.
public enum NetworkNamespace {
    /// Which namespace a name means: another one of the same name has another identity.
    public struct Identity: Hashable, Sendable {
        private var device: UInt64
        private var inode: UInt64

        fileprivate init(_ status: stat) {
            (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }

    /// Makes the calling thread, and those that it starts from now on, a member of the namespace.
    @discardableResult
    public static func enter(_ name: String) throws(IngestError) -> Identity {
        let operation = "enter network namespace \(name)"
        guard let path = path(of: name) else {
            throw IngestError(.unavailable, operation, reason: "not a name", cure: "ip netns list shows the names")
        }
        // SAFETY: the path is a NUL-terminated copy for the call.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT {
                throw IngestError(
                    .unavailable, operation, reason: "there is none", cure: "ip netns list shows those that there are")
            }
            throw IngestError(operation, errno: errno)
        }
        let descriptor = Descriptor(owning: number)
        guard nfmon_setns_network(descriptor.number) == 0 else {
            // What `ip netns` leaves behind where a namespace could not be kept is a plain file.
            if errno == EINVAL {
                throw IngestError(
                    .unavailable, operation, reason: "there is none behind the name",
                    cure: "ip netns delete \(name), and add it anew")
            }
            throw IngestError(operation, errno: errno, cure: "run as root: it takes CAP_SYS_ADMIN")
        }
        var status = stat()
        // SAFETY: the struct is the call's own result.
        guard unsafe fstat(descriptor.number, &status) == 0 else { throw IngestError(operation, errno: errno) }
        return Identity(status)
    }

    /// Makes the calling thread a member of the process's own namespace again, which its first thread never left. Who stays in one
    /// whose name is gone keeps it alive, with every interface that is in it.
    public static func leave() throws(IngestError) {
        let operation = "leave the network namespace"
        // SAFETY: the path is a constant text.
        let number = unsafe open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw IngestError(operation, errno: errno) }
        let descriptor = Descriptor(owning: number)
        guard nfmon_setns_network(descriptor.number) == 0 else { throw IngestError(operation, errno: errno) }
    }

    /// What the name means now; `nil` where it means none.
    public static func identity(of name: String) -> Identity? {
        guard let path = path(of: name) else { return nil }
        var status = stat()
        // SAFETY: the path is a NUL-terminated copy for the call, and the struct is the call's own result.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Identity(status)
    }

    private static func path(of name: String) -> String? {
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else { return nil }
        return "/run/netns/\(name)"
    }
}
