internal import FlowModel

/// The netlink sequence numbers of the dumps' requests: a count, with the dump's cause in the lowest two bits.
///
/// The kernel repeats the number in every row. A recording holds the requests too, so that a replay knows what each dump was
/// for.
struct DumpSequence {
    private var count: UInt32 = 0

    /// The number of the next request; never 0, which the kernel's own messages have.
    mutating func next(_ cause: DumpStart.Cause) -> UInt32 {
        count = (count &+ 1) & 0x3fff_ffff
        if count == 0 { count = 1 }
        return count << 2 | UInt32(cause.rawValue)
    }

    static func cause(of sequence: UInt32) -> DumpStart.Cause {
        DumpStart.Cause(rawValue: UInt8(sequence & 3)) ?? .periodic
    }
}
