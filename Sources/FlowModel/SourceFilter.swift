/// Which sessions a source need not tell of.
///
/// It is weaker than the user's own filter, never stronger: what it leaves out cannot belong to the answer, in whatever
/// direction, before or after translation, a packet of the session may be seen. The source is free to leave out less, as
/// older kernels do; whoever asked looks again.
public struct SourceFilter: Sendable {
    public let tree: BooleanTree<SourceTest>
    private let decisions: DecisionList<SourceTest>

    /// Leaves out nothing.
    public static var everything: SourceFilter { SourceFilter(.always) }

    public init(_ tree: BooleanTree<SourceTest>) {
        self.tree = tree.simplified
        decisions = DecisionList(tree)
    }

    /// Whether nothing is left out.
    public var isOpen: Bool { tree == .always }

    /// Whether a message is about a session that may belong to the answer.
    ///
    /// - Complexity: O(tests); allocates nothing.
    public func admits(_ observation: borrowing ConntrackObservation) -> Bool {
        // Not by a closure, to which the observation would be copied.
        var place = decisions.start
        while place < DecisionList<SourceTest>.reject {
            let passes = decisions.steps[Int(place)].test.admits(observation)
            place = passes ? decisions.steps[Int(place)].onTrue : decisions.steps[Int(place)].onFalse
        }
        return place == DecisionList<SourceTest>.accept
    }
}

/// What can be asked of a conntrack message.
///
/// Tuple, family, protocol and zone stay the same for an entry's life. Mark and status do not: a message that says how they are
/// now says nothing about what they were, so only some kinds of messages are left out by them.
public struct SourceTest: Hashable, NegatableTest {
    public enum Subject: Hashable, Sendable {
        case family(AddressFamily)
        case transport(ClosedRange<UInt8>)
        /// An address of the prefix in any of the places.
        case address(TuplePlaces, IPPrefix)
        /// A port of the range in any of the places. Protocols without ports have none.
        case port(TuplePlaces, ClosedRange<UInt16>)
        case zone(ClosedRange<UInt16>)
        /// The bits of the mask are these.
        case mark(value: UInt32, mask: UInt32)
        /// The bits are all set.
        case status(ConntrackStatus)
    }

    public var subject: Subject
    /// Whether the opposite is asked. Of several places: whether any of them is otherwise.
    public var isNegated: Bool

    public init(_ subject: Subject, isNegated: Bool = false) {
        self.subject = subject
        self.isNegated = isNegated
    }

    public var negated: SourceTest { SourceTest(subject, isNegated: !isNegated) }

    func admits(_ observation: borrowing ConntrackObservation) -> Bool {
        let original = observation.entry.original
        switch subject {
        case .family(let family): return (original.family == family) != isNegated
        case .transport(let range): return range.contains(original.transport.rawValue) != isNegated
        case .zone(let range): return range.contains(original.zone) != isNegated
        case .address(let places, let prefix):
            for place in TuplePlaces.each where places.contains(place) {
                let address = observation.entry.address(at: place)
                if prefix.contains(address, family: original.family) != isNegated { return true }
            }
            return false
        case .port(let places, let range):
            guard original.transport.hasPorts else { return false }
            for place in TuplePlaces.each where places.contains(place) {
                if range.contains(observation.entry.port(at: place)) != isNegated { return true }
            }
            return false
        case .mark(let value, let mask):
            // Many rules set the mark after the first packet, and whoever has another mark now may have had this one: his end
            // must not be missed.
            let now = observation.entry.mark ?? 0
            switch observation.kind {
            case .destroy, .dumpRow: return true
            case .new: return now == 0 || (now & mask == value) != isNegated
            case .update: return (now & mask == value) != isNegated
            }
        case .status: return true  // changes all the time; only a single dump can be asked for it
        }
    }
}

/// Places of a conntrack entry that have an address and a port.
public struct TuplePlaces: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static var originalSource: TuplePlaces { TuplePlaces(rawValue: 1 << 0) }
    public static var originalDestination: TuplePlaces { TuplePlaces(rawValue: 1 << 1) }
    public static var replySource: TuplePlaces { TuplePlaces(rawValue: 1 << 2) }
    public static var replyDestination: TuplePlaces { TuplePlaces(rawValue: 1 << 3) }

    /// Each place in its turn.
    public static let each: [TuplePlaces] = [.originalSource, .originalDestination, .replySource, .replyDestination]
}

extension ConntrackEntry {
    fileprivate func address(at place: TuplePlaces) -> IPAddress {
        switch place {
        case .originalSource: original.source
        case .originalDestination: original.destination
        case .replySource: reply.source
        default: reply.destination
        }
    }

    fileprivate func port(at place: TuplePlaces) -> UInt16 {
        switch place {
        case .originalSource: original.sourcePort
        case .originalDestination: original.destinationPort
        case .replySource: reply.sourcePort
        default: reply.destinationPort
        }
    }
}
