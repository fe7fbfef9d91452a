/// The tuples of fragmented packets: only the first fragment has the ports, and the others are to be counted with it.
///
/// Conntrack puts fragments together before rules see them; where it is not in use, or a rule comes before it, they come as they
/// are. Of fixed size: each packet has one place, which the next one of the same hash takes over.
public struct FragmentTrail: Sendable {
    private static let size = 1024
    /// Nanoseconds for which the kernel itself waits for a packet's fragments (`net.ipv4.ipfrag_time`).
    private static let lifetime: UInt64 = 30_000_000_000

    private struct Entry: Sendable {
        var key = FlowKey.empty
        var identifier: UInt64 = 0
        var noticedAt: UInt64 = 0
    }

    /// Empty until the first fragment comes.
    private var entries: [Entry] = []

    public init() {}

    /// Remembers the tuple of a first fragment.
    ///
    /// - Parameters:
    ///   - identifier: what all fragments of the packet have in common, and where they were seen, if that matters.
    ///   - hash: of the tuple without its ports.
    ///   - now: nanoseconds of any one clock.
    public mutating func remember(_ key: FlowKey, _ identifier: UInt64, hash: UInt32, at now: UInt64) {
        if entries.isEmpty { entries = [Entry](repeating: Entry(), count: Self.size) }
        entries[Self.place(hash, identifier)] = Entry(key: key, identifier: identifier, noticedAt: now)
    }

    /// The tuple of the packet that a later fragment is of; `nil` where its first one was not seen.
    ///
    /// - Parameter hash: of `key`, which has no ports.
    public func tuple(of key: FlowKey, _ identifier: UInt64, hash: UInt32, at now: UInt64) -> FlowKey? {
        guard !entries.isEmpty else { return nil }
        let entry = entries[Self.place(hash, identifier)]
        guard entry.identifier == identifier, entry.key.withoutPorts == key,
            Int64(bitPattern: now &- entry.noticedAt).magnitude < Self.lifetime
        else { return nil }
        return entry.key
    }

    private static func place(_ hash: UInt32, _ identifier: UInt64) -> Int {
        Int((UInt64(hash) ^ (identifier &* 0x9e37_79b9_7f4a_7c15) >> 32) & UInt64(size - 1))
    }
}
