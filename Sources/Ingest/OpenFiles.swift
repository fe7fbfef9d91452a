internal import Glibc

/// How many descriptors the process may have open.
public enum OpenFiles {
    /// What a process usually may, where the kernel does not say.
    private static let usualLimit = 1024

    /// Raises the limit as far as the process may by itself.
    ///
    /// - Returns: what it is then.
    public static func raiseLimit() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        // SAFETY: the struct is the call's own result.
        guard unsafe getrlimit(resource, &limit) == 0 else { return usualLimit }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        // SAFETY: the struct is borrowed for the call.
        let isRaised = unsafe setrlimit(resource, &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_max : before)
    }
}
