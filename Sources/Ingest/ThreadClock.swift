internal import Glibc

/// The processor time of the calling thread, that in the kernel included.
enum ThreadClock {
    /// Nanoseconds since the thread began.
    static var now: UInt64 {
        var time = timespec()
        // SAFETY: the clock exists on every Linux, so the call fills the struct.
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
