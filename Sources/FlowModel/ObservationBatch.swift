/// What a source learned at once, in order.
///
/// Conntrack's messages, packets and flows lie in arrays of their own kind, from which the session table reads them in place: as
/// payloads of one enumeration they would be copied on every step of the way, a third of what an update costs
/// (Tests/Benchmarks).
public struct ObservationBatch: Sendable {
    public private(set) var conntrack: [ConntrackObservation] = []
    public private(set) var packets: [PacketObservation] = []
    public private(set) var flows: [FlowObservation] = []
    /// All that is none of these, which is rare.
    public private(set) var others: [Observation] = []
    /// Where each observation lies, in the order in which they were made.
    public private(set) var places: [Place] = []

    /// An observation's place: which array, and where in it.
    public struct Place: Sendable {
        public enum Kind: UInt8, Sendable {
            case conntrack
            case packet
            case flow
            case other
        }

        public let kind: Kind
        public let index: Int32

        @usableFromInline
        init(_ kind: Kind, _ index: Int) {
            self.kind = kind
            self.index = Int32(truncatingIfNeeded: index)
        }
    }

    public init() {}

    /// Appends what a conntrack message said, behind all that was appended before.
    ///
    /// - Complexity: O(1) amortised, as of the others; allocates only while the batch grows beyond what it held before.
    public mutating func append(_ observation: ConntrackObservation) {
        places.append(Place(.conntrack, conntrack.count))
        conntrack.append(observation)
    }

    /// Appends a logged packet.
    public mutating func append(_ observation: PacketObservation) {
        places.append(Place(.packet, packets.count))
        packets.append(observation)
    }

    /// Appends what the frames of a flow came to.
    public mutating func append(_ observation: FlowObservation) {
        places.append(Place(.flow, flows.count))
        flows.append(observation)
    }

    /// Appends a flow without frames, and has its counts put down where they lie: they are large, and each copy of them costs.
    public mutating func append(flow key: FlowKey, _ tap: Tap, _ count: (inout FlowObservation) -> Void) {
        append(FlowObservation(key: key, tap: tap))
        count(&flows[flows.count - 1])
    }

    /// Appends an observation to the array of its kind.
    public mutating func append(_ observation: Observation) {
        switch observation {
        case .conntrack(let conntrack): append(conntrack)
        case .packet(let packet): append(packet)
        case .flow(let flow): append(flow)
        case .interface, .loss, .frames, .dumpBegan, .dumpEnded, .subscription:
            places.append(Place(.other, others.count))
            others.append(observation)
        }
    }

    /// Empties the batch and keeps its memory.
    public mutating func removeAll() {
        conntrack.removeAll(keepingCapacity: true)
        packets.removeAll(keepingCapacity: true)
        flows.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    /// Takes the dump's end out, if that is what the batch ends with.
    public mutating func popDumpEnd() -> DumpEnd? {
        guard case .dumpEnded(let end)? = last else { return nil }
        others.removeLast()
        places.removeLast()
        return end
    }
}

extension ObservationBatch: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { places.count }

    /// An observation as a value of its own, which is a copy.
    public subscript(position: Int) -> Observation {
        let place = places[position]
        let index = Int(place.index)
        return switch place.kind {
        case .conntrack: .conntrack(conntrack[index])
        case .packet: .packet(packets[index])
        case .flow: .flow(flows[index])
        case .other: others[index]
        }
    }
}

extension ObservationBatch: ExpressibleByArrayLiteral {
    public init(_ observations: some Sequence<Observation>) {
        for observation in observations { append(observation) }
    }

    public init(arrayLiteral elements: Observation...) { self.init(elements) }
}
