/// The Community ID of a flow, version 1: the name that Zeek, Suricata, Wireshark and others give to the same flow.
///
/// It is the SHA-1 digest of a tuple's addresses, protocol and ports, in an order that makes it the same for both directions
/// (https://github.com/corelight/community-id-spec). The seed is 0, everybody's default. Zones are no part of it.
public struct CommunityID: Hashable, Sendable {
    /// The digest's 20 bytes.
    let high: UInt64
    let middle: UInt64
    let low: UInt32

    /// The Community ID of a tuple; `nil` where the tuple lacks what it is made of: the packet was a later fragment or cut,
    /// which leaves zeros for ports.
    public init?(of key: FlowKey) {
        guard let ports = Ports(of: key) else { return nil }
        let isInOrder = ports.areOneWay || Self.isInOrder(key, ports)
        var message = Message()
        message.append(isInOrder ? key.source : key.destination, family: key.family)
        message.append(isInOrder ? key.destination : key.source, family: key.family)
        message.append(UInt32(key.transport.rawValue) << 24)
        if let (source, destination) = ports.numbers {
            message.append(isInOrder ? source : destination, isInOrder ? destination : source)
        }
        let digest = message.block.digest()
        high = UInt64(digest.0) << 32 | UInt64(digest.1)
        middle = UInt64(digest.2) << 32 | UInt64(digest.3)
        low = digest.4
    }

    /// The smaller address comes first; between equal ones the smaller port.
    private static func isInOrder(_ key: FlowKey, _ ports: Ports) -> Bool {
        let (source, destination) = (key.source, key.destination)
        if source.high != destination.high { return source.high < destination.high }
        if source.low != destination.low { return source.low < destination.low }
        return ports.numbers.map { $0.source < $0.destination } ?? true
    }
}

/// What is digested. The seed's two bytes stand before the addresses, so that half of each word belongs into the next.
private struct Message {
    var block = SHA1Block()
    private var carry: UInt32 = 0

    @inline(__always)
    mutating func append(_ word: UInt32) {
        block.append(carry << 16 | word >> 16)
        carry = word
    }

    @inline(__always)
    mutating func append(_ address: IPAddress, family: AddressFamily) {
        if family == .ipv6 {
            append(UInt32(truncatingIfNeeded: address.high >> 32))
            append(UInt32(truncatingIfNeeded: address.high))
            append(UInt32(truncatingIfNeeded: address.low >> 32))
        }
        append(UInt32(truncatingIfNeeded: address.low))
    }

    /// Appends ports, which end with a word.
    @inline(__always)
    mutating func append(_ source: UInt16, _ destination: UInt16) {
        block.append(UInt32(source) << 16 | UInt32(destination))
    }
}
