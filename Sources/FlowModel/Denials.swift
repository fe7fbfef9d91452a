/// What rules denied of a session, rule by rule, in the order in which they first did; of a denied attempt exactly one.
///
/// Of fixed size, and without memory of its own: a session is copied for every event, and a single reference in it would double
/// what that and every filter cost (Tests/Benchmarks). Nobody has seen a session that five rules denied; what further ones
/// denied is counted together.
public struct Denials: Sendable {
    /// How many rules are told apart.
    public static var capacity: Int { 4 }

    private var list = InlineArray<4, Denial>(
        repeating: Denial(rule: .none, verdict: .unknown, at: Timestamp(nanoseconds: 0)))
    private var length: UInt8 = 0
    /// Rules beyond those told apart, and the packets that they denied.
    public private(set) var otherRuleCount: UInt32 = 0
    public private(set) var otherCount: UInt64 = 0
    /// Of a scan, which is one session: from the lowest to the highest port that was tried. Not each between them was.
    public var scannedPorts: ClosedRange<UInt16>?
    /// Of attempts: the session by which the same pair got through later, if one did.
    public var later: LaterSession?

    public init() {}

    /// Packets that rules denied.
    public var packetCount: UInt64 { reduce(otherCount) { $0 &+ $1.count } }

    /// Packets of one direction that rules denied; those of rules that are not told apart count as there.
    public func packetCount(of direction: FlowDirection) -> UInt64 {
        reduce(direction == .original ? otherCount : 0) { $0 &+ $1.count(of: direction) }
    }

    /// Adds what one more rule denied.
    public mutating func append(_ denial: Denial) {
        guard length < Self.capacity else {
            otherRuleCount &+= 1
            otherCount &+= denial.count
            return
        }
        list[Int(length)] = denial
        length += 1
    }
}

extension Denials: RandomAccessCollection, MutableCollection {
    @inline(__always) public var startIndex: Int { 0 }
    @inline(__always) public var endIndex: Int { Int(length) }

    public subscript(position: Int) -> Denial {
        get {
            precondition(position < length, "no such denial")
            return list[position]
        }
        set {
            precondition(position < length, "no such denial")
            list[position] = newValue
        }
    }
}

extension Denials: ExpressibleByArrayLiteral {
    public init(arrayLiteral denials: Denial...) {
        self.init()
        for denial in denials { append(denial) }
    }
}
