/// One thing that a source learned from the kernel, in the words of the session table.
public enum Observation: Sendable {
    case conntrack(ConntrackObservation)
    case packet(PacketObservation)
    case flow(FlowObservation)
    /// What a capture has read since its last word.
    case frames(FrameFigures)
    case interface(InterfaceObservation)
    case loss(Loss)
    case dumpBegan(DumpStart)
    case dumpEnded(DumpEnd)
    /// What the conntrack source takes from now on; until the first of these every event.
    case subscription(Subscription)
}

/// A conntrack message and what kind it was.
public struct ConntrackObservation: Sendable {
    public enum Kind: UInt8, Sendable {
        case new
        case update
        case destroy
        /// A row of a dump; it looks like an update and says that the entry is there now, with its counters.
        case dumpRow
    }

    public var kind: Kind
    public var entry: ConntrackEntry
    public var helper: NameID

    @inlinable
    public init(kind: Kind, entry: ConntrackEntry, helper: NameID) {
        self.kind = kind
        self.entry = entry
        self.helper = helper
    }
}

/// An interface by its kernel index, which is unique within a network namespace; 0 is none.
public typealias InterfaceIndex = UInt32

/// An interface that appeared, was renamed or went.
public struct InterfaceObservation: Sendable {
    public var index: InterfaceIndex
    public var name: NameID
    public var isGone: Bool

    @inlinable
    public init(index: InterfaceIndex, name: NameID, isGone: Bool) {
        self.index = index
        self.name = name
        self.isGone = isGone
    }
}

/// Where a figure comes from.
public enum Lane: UInt8, Sendable, CaseIterable {
    case conntrack = 0
    case nflog = 1
    /// Packets that an AF_PACKET socket or a savefile of frames shows.
    case packet = 2

    /// The lanes that a monitor reads: what netfilter tells.
    public static var netfilter: [Lane] { [.conntrack, .nflog] }

    /// The lane's name in every output.
    public var keyword: String {
        switch self {
        case .conntrack: "conntrack"
        case .nflog: "nflog"
        case .packet: "packet"
        }
    }
}
