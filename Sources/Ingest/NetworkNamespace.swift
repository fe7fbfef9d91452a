internal import CLinux
internal import Glibc

/// A network namespace by its name, as `ip netns` keeps them.
public enum NetworkNamespace {
    /// Makes the calling thread, and those that it starts from now on, a member of the namespace.
    public static func enter(_ name: String) throws(IngestError) {
        let operation = "enter network namespace \(name)"
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
            throw IngestError(.unavailable, operation, reason: "not a name", cure: "ip netns list shows the names")
        }
        // SAFETY: the path is a NUL-terminated copy for the call.
        let number = unsafe open("/run/netns/\(name)", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ENOENT {
                throw IngestError(
                    .unavailable, operation, reason: "there is none", cure: "ip netns list shows those that there are")
            }
            throw IngestError(operation, errno: errno)
        }
        let descriptor = Descriptor(owning: number)
        guard nfmon_setns_network(descriptor.number) == 0 else {
            throw IngestError(operation, errno: errno, cure: "run as root: it takes CAP_SYS_ADMIN")
        }
    }
}
