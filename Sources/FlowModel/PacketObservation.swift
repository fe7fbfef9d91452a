/// A packet that a rule logged, reduced to what a session keeps of it.
public struct PacketObservation: Sendable {
    /// The tuple as the packet showed it at its hook, which may be before or after translation; no zone.
    ///
    /// Of an ICMP error it is the tuple of the packet that the error speaks of (see ``isICMPError``).
    public var key: FlowKey
    /// IP total length in bytes; of a segmentation aggregate, the aggregate's.
    public var byteCount: UInt64
    /// A hash of the packet's first bytes: two rules that log one packet send the same.
    public var digest: UInt64
    public var rule: NameID
    public var verdict: Verdict
    /// The NFLOG group.
    public var group: UInt16
    /// The netfilter hook: 0 PREROUTING, 1 INPUT, 2 FORWARD, 3 OUTPUT, 4 POSTROUTING.
    public var hook: UInt8
    public var path: PacketPath
    public var owner: SocketOwner?
    /// A TCP segment that opens a connection: SYN without ACK. Of other protocols no packet tells.
    public var opensConnection: Bool
    /// An ICMP error; ``key`` is then the embedded packet's.
    public var isICMPError: Bool
    /// The packet's length is not known: ``byteCount`` is what was captured of it.
    public var isLengthUnknown: Bool
    /// Which packet a fragment is of; `nil` of whole packets.
    public var fragment: Fragment?
    /// When the kernel stamped the packet; it does at PREROUTING, INPUT and FORWARD, not at OUTPUT.
    public var time: Timestamp?
    /// `NFULA_CT`'s view, where the kernel attaches it: the exact way to the session.
    public var conntrackOriginal: FlowKey?
    public var conntrackID: UInt32?
    /// The way that it goes, as the kernel says with these.
    public var conntrackDirection: FlowDirection?

    @inlinable
    public init(key: FlowKey, byteCount: UInt64) {
        self.key = key
        self.byteCount = byteCount
        digest = 0
        rule = .none
        verdict = .unknown
        group = 0
        hook = 0
        path = PacketPath()
        opensConnection = false
        isICMPError = false
        isLengthUnknown = false
    }

    /// A part of a packet. The first part has the ports; the others do not, and their ``key`` has none.
    public struct Fragment: Hashable, Sendable {
        /// The same in all parts of a packet.
        public var identifier: UInt32
        public var isFirst: Bool

        @inlinable
        public init(identifier: UInt32, isFirst: Bool) {
            self.identifier = identifier
            self.isFirst = isFirst
        }
    }
}
