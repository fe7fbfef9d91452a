internal import Glibc

/// The processor time that the kernel spent in soft interrupts, in which it receives packets.
public enum InterruptTime {
    /// Nanoseconds since the host was started, over all processors and for all of its traffic; `nil` where the kernel does not say.
    public static var current: UInt64? {
        SmallFile.text(of: "/proc/stat").flatMap {
            nanoseconds(of: $0, ticksPerSecond: UInt64(sysconf(Int32(_SC_CLK_TCK))))
        }
    }

    /// Reads /proc/stat (proc_stat(5)): the first line has the sum over all processors, soft interrupts as its seventh number.
    static func nanoseconds(of text: String, ticksPerSecond: UInt64) -> UInt64? {
        let words = text.prefix { $0 != "\n" }.split(separator: " ")
        guard words.count > 7, words[0] == "cpu", let ticks = UInt64(words[7]), ticksPerSecond > 0 else { return nil }
        let (time, isTooMuch) = ticks.multipliedReportingOverflow(by: 1_000_000_000 / ticksPerSecond)
        return isTooMuch ? nil : time
    }
}
