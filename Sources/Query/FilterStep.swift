import FlowModel

/// A test of a ``SessionProgram``: an operation and plain numbers, so that all are of one size and none has to be taken apart.
struct FilterStep: Sendable {
    enum Operation: UInt8 {
        case family, transport, zone, mark, state, status, verdict, denied, conntrackLane, nflogLane, packetLane,
            exactness
        case source, destination, translatedSource, translatedDestination
        case sourcePort, destinationPort, translatedSourcePort, translatedDestinationPort
        case rule, rulePattern, ingress, ingressPattern, egress, egressPattern, helper, helperPattern
        case physicalIngress, physicalIngressPattern, physicalEgress, physicalEgressPattern
        case user, userGroup, sender, vlan
        case bytes, packets, byteRate, packetRate, duration, start, age, attempts

        /// Whether the value is the number of a pattern.
        var isPattern: Bool {
            switch self {
            case .rulePattern, .ingressPattern, .egressPattern, .helperPattern, .physicalIngressPattern,
                .physicalEgressPattern:
                true
            default: false
            }
        }
    }

    private(set) var operation = Operation.family
    /// What the operation must answer for the test to be passed.
    let wanted: FilterAnswer
    private(set) var family = AddressFamily.ipv4
    /// The step that follows a test that is passed or not, as in ``DecisionList``.
    let onTrue: Int32
    let onFalse: Int32
    /// A range's ends, or an address and its mask; else the first is the value, with its mask.
    private(set) var low: UInt64 = 0
    private(set) var high: UInt64 = 0
    private(set) var maskLow: UInt64 = 0
    private(set) var maskHigh: UInt64 = 0

    /// - Parameter patterns: where a pattern is put, as a step has no place for it.
    init(_ step: DecisionList<SessionTest>.Step, patterns: inout [NamePattern]) {
        wanted = step.test.isNegated ? .no : .yes
        onTrue = step.onTrue
        onFalse = step.onFalse
        write(step.test.subject, &patterns)
    }

    private mutating func set(_ operation: Operation, _ low: UInt64, _ high: UInt64 = 0) {
        self.operation = operation
        self.low = low
        self.high = high
    }

    private mutating func write(_ subject: SessionTest.Subject, _ patterns: inout [NamePattern]) {
        switch subject {
        case .family(let family): self.family = family
        case .transport(let range): set(.transport, UInt64(range.lowerBound), UInt64(range.upperBound))
        case .address(let side, let prefix):
            let operation: Operation =
                switch side {
                case .source: .source
                case .destination: .destination
                case .translatedSource: .translatedSource
                case .translatedDestination: .translatedDestination
                }
            set(operation, prefix.address.low, prefix.address.high)
            (family, maskHigh, maskLow) = (prefix.family, prefix.maskHigh, prefix.maskLow)
        case .port(let side, let range):
            let operation: Operation =
                switch side {
                case .source: .sourcePort
                case .destination: .destinationPort
                case .translatedSource: .translatedSourcePort
                case .translatedDestination: .translatedDestinationPort
                }
            set(operation, UInt64(range.lowerBound), UInt64(range.upperBound))
        case .zone(let range): set(.zone, UInt64(range.lowerBound), UInt64(range.upperBound))
        case .mark(let value, let mask):
            set(.mark, UInt64(value))
            maskLow = UInt64(mask)
        case .state(let state): set(.state, UInt64(state.rawValue))
        case .status(let bits): set(.status, UInt64(bits.rawValue))
        case .verdict(let verdict): set(.verdict, UInt64(verdict.rawValue))
        case .denied: set(.denied, 0)
        case .lane(let lane):
            switch lane {
            case .conntrack: set(.conntrackLane, 0)
            case .nflog: set(.nflogLane, 0)
            case .packet: set(.packetLane, 0)
            }
        case .exactness(let exactness): set(.exactness, UInt64(exactness.rawValue))
        case .rule(let name): write(name, .rule, .rulePattern, &patterns)
        case .ingress(let name): write(name, .ingress, .ingressPattern, &patterns)
        case .egress(let name): write(name, .egress, .egressPattern, &patterns)
        case .helper(let name): write(name, .helper, .helperPattern, &patterns)
        case .physicalIngress(let name): write(name, .physicalIngress, .physicalIngressPattern, &patterns)
        case .physicalEgress(let name): write(name, .physicalEgress, .physicalEgressPattern, &patterns)
        case .user(let range): set(.user, UInt64(range.lowerBound), UInt64(range.upperBound))
        case .userGroup(let range): set(.userGroup, UInt64(range.lowerBound), UInt64(range.upperBound))
        case .vlan(let range): set(.vlan, UInt64(range.lowerBound), UInt64(range.upperBound))
        case .sender(let address): set(.sender, address.bits)
        case .attempts(let range): set(.attempts, range.lowerBound, range.upperBound)
        case .bytes(let range): set(.bytes, range.lowerBound, range.upperBound)
        case .packets(let range): set(.packets, range.lowerBound, range.upperBound)
        case .byteRate(let range): set(.byteRate, range.lowerBound, range.upperBound)
        case .packetRate(let range): set(.packetRate, range.lowerBound, range.upperBound)
        case .duration(let range): set(.duration, range.lowerBound, range.upperBound)
        case .age(let range): set(.age, range.lowerBound, range.upperBound)
        case .start(let range): set(.start, range.lowerBound.ordered, range.upperBound.ordered)
        }
    }

    private mutating func write(
        _ name: NameTest, _ exact: Operation, _ pattern: Operation, _ patterns: inout [NamePattern]
    ) {
        switch name {
        case .exact(let name): set(exact, UInt64(name.number.rawValue))
        case .pattern(let names):
            set(pattern, UInt64(patterns.count))
            patterns.append(names)
        }
    }
}

/// What an operation knows.
enum FilterAnswer: UInt8 {
    case no = 0
    case yes = 1
    case unknown = 2

    @inline(__always)
    init(_ isSo: Bool) { self = isSo ? .yes : .no }
}

extension Int64 {
    /// The number in the order of unsigned ones.
    var ordered: UInt64 { UInt64(bitPattern: self) ^ 1 << 63 }
}
