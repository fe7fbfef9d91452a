/// How the wall clock ran during a look.
public struct ClockLook: Sendable {
    /// Nanoseconds by which it went farther than the time since boot did; a clock that is only slewed stays below 0.1 %.
    public var step: Int64 = 0
    /// Whether the kernel takes it for synchronised (adjtimex); `nil` where it does not say.
    public var isSynchronised: Bool?

    public init() {}
}
