import FlowModel

/// Writes what makes a session's group as numbers, so many for every session, that are equal where the groups are.
///
/// The first has a bit for each column that is known of the session, and above them the family, where an address is known; an
/// address has two, the lower half first, every other column one.
struct GroupKeyWriter: Sendable {
    /// How many numbers make a key.
    let width: Int
    /// The last session's.
    private(set) var words: [UInt64]
    private let fields: [Field]

    private struct Field {
        var subject: GroupColumn.Subject
        var place: Int
        /// The bits of addresses that are meant.
        var ipv4Mask: UInt64
        var ipv6Mask: (high: UInt64, low: UInt64)
    }

    init(_ grouping: Grouping) {
        var fields: [Field] = []
        var place = 1
        for column in grouping.columns {
            let anywhere = IPAddress(high: 0, low: 0)
            // A mask is what a network of the length has.
            let ipv4 = IPPrefix(anywhere, family: .ipv4, length: column.ipv4Length)
            let ipv6 = IPPrefix(anywhere, family: .ipv6, length: column.ipv6Length)
            fields.append(
                Field(
                    subject: column.subject, place: place, ipv4Mask: ipv4?.maskLow ?? .max,
                    ipv6Mask: (ipv6?.maskHigh ?? .max, ipv6?.maskLow ?? .max)))
            place += column.subject.isAddress ? 2 : 1
        }
        self.fields = fields
        width = place
        words = [UInt64](repeating: 0, count: place)
    }

    /// Where a column's numbers are in a key.
    func places(of column: Int) -> Range<Int> {
        let field = fields[column]
        return field.place..<field.place + (field.subject.isAddress ? 2 : 1)
    }

    /// Whether a key has a value in the column.
    static func isKnown(_ column: Int, in first: UInt64) -> Bool { first & 1 << UInt64(column) != 0 }

    /// The family of a key's addresses.
    static func family(of first: UInt64) -> AddressFamily {
        AddressFamily(rawValue: UInt8(truncatingIfNeeded: first >> 56)) ?? .ipv6
    }

    /// Writes the key of a session to ``words``.
    ///
    /// - Complexity: O(columns); allocates nothing.
    mutating func write(_ session: borrowing Session, _ interfaces: borrowing InterfaceNames) {
        let family = session.record.original.family
        var first: UInt64 = 0
        for index in fields.indices {
            let place = fields[index].place
            let address: IPAddress?
            switch fields[index].subject {
            case .source: address = session.record.original.source
            case .destination: address = session.record.original.destination
            case .translatedSource:
                address = session.record.sourceIsTranslated ? session.record.reply.destination : nil
            case .translatedDestination:
                address = session.record.destinationIsTranslated ? session.record.reply.source : nil
            default:
                let number = Self.number(fields[index].subject, session, interfaces)
                words[place] = number ?? 0
                if number != nil { first |= 1 << UInt64(index) }
                continue
            }
            guard let address else {
                words[place] = 0
                words[place + 1] = 0
                continue
            }
            first |= 1 << UInt64(index) | UInt64(family.rawValue) << 56
            words[place] = address.low & (family == .ipv4 ? fields[index].ipv4Mask : fields[index].ipv6Mask.low)
            words[place + 1] = address.high & (family == .ipv4 ? .max : fields[index].ipv6Mask.high)
        }
        words[0] = first
    }

    /// What a session has in a column that is no address, `nil` where it is unknown.
    @inline(__always)
    private static func number(
        _ subject: GroupColumn.Subject, _ session: borrowing Session, _ interfaces: borrowing InterfaceNames
    ) -> UInt64? {
        let isTracked = session.record.facts.contains(.conntrack)
        switch subject {
        case .sourcePort: return session.record.hasSourcePort ? UInt64(session.record.original.sourcePort) : nil
        case .destinationPort:
            return session.record.hasDestinationPort ? UInt64(session.record.original.destinationPort) : nil
        case .translatedSourcePort: return session.record.translatedSourcePort
        case .translatedDestinationPort: return session.record.translatedDestinationPort
        case .transport: return UInt64(session.record.original.transport.rawValue)
        case .family: return UInt64(session.record.original.family.rawValue)
        case .ingress: return number(session.ingress, interfaces)
        case .egress: return number(session.egress, interfaces)
        case .rule:
            let rule = session.rule
            return rule.isNone ? nil : UInt64(rule.rawValue)
        case .verdict:
            let verdict = session.verdict
            return verdict == .unknown ? nil : UInt64(verdict.rawValue)
        case .zone: return isTracked ? UInt64(session.record.original.zone) : nil
        // The kernel leaves a mark of 0 out of its messages.
        case .mark: return isTracked ? UInt64(session.mark ?? 0) : nil
        case .state: return session.record.tcpState == .none ? nil : UInt64(session.record.tcpState.rawValue)
        case .helper: return session.record.helper.isNone ? nil : UInt64(session.record.helper.rawValue)
        case .lane:
            let facts = session.record.facts
            return (isTracked ? 1 : 0) | (facts.contains(.nflog) ? 2 : 0) | (facts.contains(.packet) ? 4 : 0)
        case .user: return session.nflog?.owner.map { UInt64($0.userID) }
        case .userGroup: return session.nflog?.owner.map { UInt64($0.groupID) }
        case .vlan: return session.vlan.map { UInt64($0) }
        case .sender:
            let sender = session.nflog?.originalPath.sender ?? .none
            return sender.isNone ? nil : sender.bits
        case .physicalIngress: return number(session.nflog?.physicalIngress ?? 0, interfaces)
        case .physicalEgress: return number(session.nflog?.physicalEgress ?? 0, interfaces)
        case .exactness: return UInt64(session.exactness.rawValue)
        case .source, .destination, .translatedSource, .translatedDestination: return nil
        }
    }

    /// An interface by its name, so that one that was made anew is the same; by its index where it has none.
    private static func number(_ index: InterfaceIndex, _ interfaces: borrowing InterfaceNames) -> UInt64? {
        guard index != 0 else { return nil }
        return interfaces[index].map { UInt64($0.rawValue) << 32 } ?? UInt64(index)
    }
}
