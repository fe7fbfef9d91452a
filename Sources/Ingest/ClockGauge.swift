internal import CLinux
internal import FlowModel
internal import Glibc

/// Compares the wall clock with the time since boot, which nobody sets, over a look.
struct ClockGauge {
    private let start = Self.offset

    /// How the wall clock ran since then.
    var look: ClockLook {
        var look = ClockLook()
        look.step = Self.offset - start
        let answer = nfmon_clock_is_synchronised()
        look.isSynchronised = answer < 0 ? nil : answer != 0
        return look
    }

    /// Nanoseconds by which the wall clock is ahead of the time since boot. The two cannot be read at once: of some readings
    /// the one counts that took the least time.
    private static var offset: Int64 {
        var best: (width: Int64, offset: Int64) = (.max, 0)
        for _ in 0..<8 {
            let before = read(CLOCK_BOOTTIME)
            let wall = read(CLOCK_REALTIME)
            let width = read(CLOCK_BOOTTIME) - before
            if width < best.width { best = (width, wall - before - width / 2) }
        }
        return best.offset
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // SAFETY: the clock exists on every Linux, so the call fills the struct.
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
