/// Hashes tuples so that one direction and the other, with whatever zones, have the same hash.
///
/// A packet may come from either side, and it does not say its zone: one look must find its session. The hash is seeded,
/// since whoever sends packets chooses addresses and ports, and must not be able to choose collisions.
public struct KeyHasher: Sendable {
    @usableFromInline let seed: (UInt64, UInt64)

    /// - Parameter seed: random numbers that nobody outside can know.
    @inlinable
    public init(seed: (UInt64, UInt64)) { self.seed = seed }

    @inlinable
    @inline(__always)
    public func hash(_ key: FlowKey) -> UInt32 {
        var sourcePort = key.sourcePort
        var destinationPort = key.destinationPort
        var rest = UInt64(key.transport.rawValue) << 8 | UInt64(key.familyNumber)
        if key.transport.isICMP {  // the identifier belongs to both ends, and a query and its answer are of one session
            let types = (key.icmpType, FlowKey.answer(to: key.icmpType, family: key.family))
            rest |= UInt64(min(types.0, types.1)) << 24 | UInt64(key.icmpCode) << 16
            destinationPort = sourcePort
        }
        sourcePort &+= 1  // not 0, so that a port always takes part
        destinationPort &+= 1
        let ends = end(key.source, sourcePort) &+ end(key.destination, destinationPort)
        return UInt32(truncatingIfNeeded: fold(ends ^ seed.1, rest ^ 0x9e37_79b9_7f4a_7c15) >> 16)
    }

    @inlinable
    func end(_ address: IPAddress, _ port: UInt16) -> UInt64 {
        let ported = address.high ^ (UInt64(port) &* 0xd6e8_feb8_6659_fd93)
        return fold(ported ^ seed.0, address.low ^ seed.1)
    }

    /// The two halves of a 128-bit product, folded: every bit of both numbers reaches the result.
    @inlinable
    func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
