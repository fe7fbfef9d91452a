public import FlowModel
internal import Glibc

extension ReceiveTime {
    /// Now, by both clocks.
    public static var now: ReceiveTime {
        ReceiveTime(wall: Timestamp(nanoseconds: read(CLOCK_REALTIME)), monotonic: UInt64(read(CLOCK_MONOTONIC)))
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // SAFETY: the clock exists on every Linux, so the call fills the struct.
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
