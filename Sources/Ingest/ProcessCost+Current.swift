public import FlowModel
internal import Glibc

extension ProcessCost {
    /// What this process has used so far.
    public static var current: ProcessCost {
        var cost = ProcessCost()
        var time = timespec()
        // SAFETY: the clock exists on every Linux, so the call fills the struct.
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        cost.processorTime = UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
        // In pages: the whole size, what is in memory of it, …
        let fields = SmallFile.text(of: "/proc/self/statm")?.split(separator: " ") ?? []
        let pageCount = fields.count > 1 ? UInt64(fields[1]) ?? 0 : 0
        cost.residentBytes = pageCount &* UInt64(sysconf(Int32(_SC_PAGESIZE)))
        return cost
    }
}
