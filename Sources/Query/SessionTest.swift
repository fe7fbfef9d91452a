public import FlowModel

/// One thing that can be asked of a session; ``SessionProgram`` asks it.
///
/// What is unknown passes neither a test nor its opposite.
public struct SessionTest: Hashable, NegatableTest {
    public enum Subject: Hashable, Sendable {
        case family(AddressFamily)
        case transport(ClosedRange<UInt8>)
        case address(Side, IPPrefix)
        case port(Side, ClosedRange<UInt16>)
        case zone(ClosedRange<UInt16>)
        /// The bits of the mask are these.
        case mark(value: UInt32, mask: UInt32)
        /// A TCP state.
        case state(TCPState)
        /// The bits are all set.
        case status(ConntrackStatus)
        case verdict(Verdict)
        /// A packet was dropped or rejected; of whom conntrack tells and no rule said so, none was.
        case denied
        case rule(NameTest)
        /// An interface by its name: where the session's first direction enters the host, or leaves it.
        case ingress(NameTest)
        case egress(NameTest)
        /// Conntrack's helper; of whom conntrack tells and names none, there is none.
        case helper(NameTest)
        case lane(Lane)
        /// How sure the totals are; always known.
        case exactness(Exactness)
        /// Packets that rules denied; of whom conntrack tells and no rule said so, none.
        case attempts(ClosedRange<UInt64>)
        /// The owner of this host's end.
        case user(ClosedRange<UInt32>)
        case userGroup(ClosedRange<UInt32>)
        /// Who handed the session's own packets to this host.
        case sender(HardwareAddress)
        /// The VLAN by which they came.
        case vlan(ClosedRange<UInt16>)
        /// The ports of bridges behind the interfaces.
        case physicalIngress(NameTest)
        case physicalEgress(NameTest)
        /// Both directions together.
        case bytes(ClosedRange<UInt64>)
        case packets(ClosedRange<UInt64>)
        /// Per second, whole ones.
        case byteRate(ClosedRange<UInt64>)
        case packetRate(ClosedRange<UInt64>)
        /// Nanoseconds.
        case duration(ClosedRange<UInt64>)
        /// When the session began, in nanoseconds since 1970.
        case start(ClosedRange<Int64>)
        /// How many nanoseconds ago it began, whether it has ended or not.
        case age(ClosedRange<UInt64>)
    }

    /// Whose address or port.
    public enum Side: Hashable, Sendable {
        /// As the first packet said before translation.
        case source
        case destination
        /// What they are translated to; unknown of sessions that are not translated there.
        case translatedSource
        case translatedDestination
    }

    public var subject: Subject
    /// Whether the opposite is asked.
    public var isNegated: Bool

    public init(_ subject: Subject, isNegated: Bool = false) {
        self.subject = subject
        self.isNegated = isNegated
    }

    public var negated: SessionTest { SessionTest(subject, isNegated: !isNegated) }
}

extension SessionTest {
    /// The lane without which the answer is never known, if there is such a one.
    var neededLane: Lane? {
        switch subject {
        case .verdict, .denied, .rule, .attempts, .user, .userGroup, .sender, .physicalIngress,
            .physicalEgress, .lane(.nflog):
            .nflog
        case .state, .status, .mark, .zone, .helper, .byteRate, .packetRate, .lane(.conntrack): .conntrack
        case .address(let side, _), .port(let side, _):
            side == .translatedSource || side == .translatedDestination ? .conntrack : nil
        case .lane(.packet): .packet
        default: nil
        }
    }

    /// Whether it asks by which interface, or in which VLAN, a session comes or leaves: logged packets tell, or a capture.
    var asksForInterface: Bool {
        switch subject {
        case .ingress, .egress, .vlan: true
        default: false
        }
    }
}
