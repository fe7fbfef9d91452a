import FlowModel

/// Filters of every kind, whose values come from a message so that they often meet it.
struct RandomSourceFilter {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func tree(around entry: borrowing ConntrackEntry, depth: Int = 3) -> BooleanTree<SourceTest> {
        guard depth > 0, chance(0.7) else { return .test(SourceTest(subject(of: entry), isNegated: chance(0.3))) }
        var parts: [BooleanTree<SourceTest>] = []
        for _ in 0..<Int.random(in: 1...3, using: &generator) { parts.append(tree(around: entry, depth: depth - 1)) }
        return chance(0.5) ? .all(parts) : .any(parts)
    }

    private mutating func subject(of entry: borrowing ConntrackEntry) -> SourceTest.Subject {
        let places = TuplePlaces(rawValue: UInt8.random(in: 1...15, using: &generator))
        let key = chance(0.5) ? entry.original : entry.reply
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return .family(chance(0.7) ? key.family : .ipv6)
        case 1: return .transport(around(key.transport.rawValue))
        case 2:
            let width = key.family == .ipv4 ? 32 : 128
            let address = chance(0.5) ? key.source : key.destination
            let length = Int.random(in: 0...width, using: &generator)
            return IPPrefix(address, family: key.family, length: length).map { .address(places, $0) }
                ?? .family(key.family)
        case 3: return .port(places, around(chance(0.5) ? key.sourcePort : key.destinationPort))
        case 4: return .zone(around(key.zone))
        default:
            let mask: UInt32 = chance(0.5) ? .max : UInt32.random(in: .min ... .max, using: &generator)
            return .mark(value: (chance(0.7) ? entry.mark ?? 0 : 5) & mask, mask: mask)
        }
    }

    private mutating func around<Number: FixedWidthInteger & UnsignedInteger>(_ value: Number) -> ClosedRange<Number> {
        if chance(0.5) { return value...value }
        let other = Number.random(in: .min ... .max, using: &generator)
        return min(value, other)...max(value, other)
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }
}
