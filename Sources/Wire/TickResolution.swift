import FlowModel

/// How long a tick of a pcapng interface's clock is: a negative power of 10, or of 2 where the upper bit is set (if_tsresol).
struct TickResolution: Sendable {
    static let microseconds = TickResolution(rawValue: 6)

    private let isBinary: Bool
    private let exponent: UInt64

    init(rawValue: UInt8) {
        isBinary = rawValue & 0x80 != 0
        exponent = UInt64(rawValue & 0x7f)
    }

    /// The time of a number of ticks; what no timestamp can tell becomes the farthest that it can.
    func time(of ticks: UInt64, offset: Int64) -> Timestamp {
        let (seconds, fraction) = isBinary ? binary(ticks) : decimal(ticks)
        let sum = Int64(clamping: seconds).addingReportingOverflow(offset)
        guard !sum.overflow else { return Timestamp(nanoseconds: .max) }
        let nanoseconds = sum.partialValue.multipliedReportingOverflow(by: 1_000_000_000)
        guard !nanoseconds.overflow else { return Timestamp(nanoseconds: sum.partialValue < 0 ? .min : .max) }
        let total = nanoseconds.partialValue.addingReportingOverflow(Int64(fraction))
        return Timestamp(nanoseconds: total.overflow ? .max : total.partialValue)
    }

    /// Seconds, and nanoseconds below one.
    private func decimal(_ ticks: UInt64) -> (UInt64, UInt64) {
        // 10^19 is the greatest power that the number holds: of finer ticks there is not even a second's worth.
        guard exponent < 20 else { return (0, exponent < 30 ? ticks / 1_000_000_000 / Self.power(exponent - 18) : 0) }
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: Self.power(exponent))
        return (seconds, exponent <= 9 ? rest * Self.power(9 - exponent) : rest / Self.power(exponent - 9))
    }

    private func binary(_ ticks: UInt64) -> (UInt64, UInt64) {
        let seconds = exponent < 64 ? ticks >> exponent : 0
        let rest = exponent < 64 ? ticks & ((1 << exponent) - 1) : ticks
        let product = rest.multipliedFullWidth(by: 1_000_000_000 as UInt64)
        // The product of both words, shifted; beyond 64 bits only the upper word is left.
        guard exponent < 64 else { return (0, product.high >> (exponent - 64)) }
        guard exponent > 0 else { return (seconds, 0) }
        return (seconds, product.high << (64 - exponent) | product.low >> exponent)
    }

    private static func power(_ exponent: UInt64) -> UInt64 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
