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
            guard original.hasPorts else { return false }
            for place in TuplePlaces.each where places.contains(place) {
                if range.contains(observation.entry.port(at: place)) != isNegated { return true }
            }
            return false
        case .mark(let value, let mask):
            // Rules may mark a session later, or anew. Whoever has another mark now may have had this one: that it is gone must
            // not be missed, nor the end. So only this is left out: a NEW with another mark, and an UPDATE without any, as
            // messages leave out a mark of 0 unless it has just become so.
            let told = observation.entry.mark ?? 0
            switch observation.kind {
            case .destroy, .dumpRow: return true
            case .new: return told == 0 || (told & mask == value) != isNegated
            case .update: return observation.entry.mark != nil || (value == 0) != isNegated
            }
        case .status: return true  // changes all the time; only a single dump can be asked for it
        }
    }
}
