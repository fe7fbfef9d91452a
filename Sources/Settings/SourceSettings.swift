/// What is read from the kernel.
public struct SourceSettings: Equatable, Sendable {
    public var readsConntrack = true
    /// Bytes of receive buffer for conntrack events, a size that does not grow; `nil` is nfmon's own choice.
    public var conntrackBuffer: Int?
    /// Whether the kernel shall keep each session's end until it was taken.
    public var isReliable = false
    public var readsNFLog = true
    /// The NFLOG groups, in the order given.
    public var groups: [UInt16] = [100]
    /// Bytes of receive buffer for logged packets, a size that does not grow; `nil` is nfmon's own choice.
    public var nflogBuffer: Int?
    /// The network namespace to look into, as `ip netns` names it; `nil` is the process's own.
    public var namespace: String?

    public init() {}
}
