internal import Glibc

/// What the process's threads cost, by their names.
public enum ThreadCosts {
    /// Nanoseconds of processor time, that in the kernel included, of the threads whose names begin so; 0 where there is none.
    ///
    /// A thread that has ended is not among them: ask before it does.
    public static func processorTime(ofThreadsNamed prefix: String) -> UInt64 {
        var total: UInt64 = 0
        for name in Folder.names(in: "/proc/self/task") {
            guard let number = pid_t(name),
                SmallFile.text(of: "/proc/self/task/\(name)/comm")?.hasPrefix(prefix) == true
            else { continue }
            var time = timespec()
            // The number of a thread's clock (include/linux/posix-timers.h): its id inverted, per thread (4), of the scheduler (2).
            // SAFETY: the struct is the call's own result, which is used only where it succeeds.
            guard unsafe clock_gettime(~number << 3 | 6, &time) == 0 else { continue }
            total &+= UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
        }
        return total
    }
}
