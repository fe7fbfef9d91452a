/// What a rule asks of a packet: what a session's tuple can answer, test by test, and the words that it cannot.
public struct RuleMatch: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        case source([AddressRange])
        case destination([AddressRange])
        case family(AddressFamily)
        case transport([TransportProtocol])
        case sourcePort([ClosedRange<UInt16>])
        case destinationPort([ClosedRange<UInt16>])
        /// Either of the two.
        case eitherPort([ClosedRange<UInt16>])
        case icmpType([UInt8])
        /// Names; one that ends in `*` stands for all that begin like it.
        case inInterface([String])
        case outInterface([String])
        /// What conntrack says of the packet.
        case tracking(TrackingState)
        /// What the addresses are to the host.
        case sourceKind([AddressKind])
        case destinationKind([AddressKind])
        /// That the way back to the source leads through the interface by which the packet came.
        case reversePath
        /// Bytes of the IP packet.
        case length([ClosedRange<UInt16>])
        /// Being a later piece of a datagram, which has no ports.
        case laterFragment
        /// These bits of the packet's mark.
        case mark(UInt32, mask: UInt32)
        /// All tests of one of these lists.
        case oneOf([[Test]])
    }

    public struct Test: Sendable, Hashable {
        public var subject: Subject
        public var isNegated: Bool

        public init(_ subject: Subject, isNegated: Bool = false) {
            self.subject = subject
            self.isNegated = isNegated
        }
    }

    public var tests: [Test]
    /// What else it asks, in its tool's words: rates, sets, flags, marks. Each may pick some packets of a session and not others.
    public var conditions: [String]
    /// What else it asks of which the answer is the same for all packets of one direction of a session, as long as nobody changes the
    /// rules: sets of addresses and ports.
    public var steadyConditions: [String]

    public init(tests: [Test] = [], conditions: [String] = [], steadyConditions: [String] = []) {
        self.tests = tests
        self.conditions = conditions
        self.steadyConditions = steadyConditions
    }

    /// Whether it asks for nothing but what a session's tuple can answer.
    public var isPlain: Bool { conditions.isEmpty && steadyConditions.isEmpty }

    /// What asks for this and for what another one does.
    public func and(_ other: RuleMatch) -> RuleMatch {
        RuleMatch(
            tests: tests + other.tests, conditions: conditions + other.conditions,
            steadyConditions: steadyConditions + other.steadyConditions)
    }

    /// What may pick some packets of a session and not others, in words.
    public var choices: [String] {
        conditions + steadyConditions
            + tests.compactMap { test in
                let negation = test.isNegated ? "!= " : ""
                switch test.subject {
                case .tracking(let state): return "ct state \(negation)\(state)"
                case .length(let ranges):
                    let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
                    return "length \(negation)\(texts.joined(separator: ","))"
                case .mark(let value, let mask):
                    let bits = mask == .max ? "" : "/0x\(String(mask, radix: 16))"
                    return "mark \(negation)0x\(String(value, radix: 16))\(bits)"
                default: return nil
                }
            }
    }
}
