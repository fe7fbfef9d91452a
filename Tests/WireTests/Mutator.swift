/// Makes bad input of good: what a fuzzer does, for a bounded number of steps and the same in every run.
struct Mutator {
    private var generator: SeededGenerator
    private let seeds: [[UInt8]]

    init(seeds: [[UInt8]], seed: UInt64) {
        self.seeds = seeds
        generator = SeededGenerator(seed: seed)
    }

    /// One of the seeds with one to eight changes.
    mutating func next() -> [UInt8] {
        var bytes = pick()
        for _ in 0...Int.random(in: 0..<8, using: &generator) where !bytes.isEmpty { change(&bytes) }
        return bytes
    }

    private mutating func pick() -> [UInt8] { seeds[Int.random(in: seeds.indices, using: &generator)] }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = [0, 1, 3, 4, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
        case 2: bytes.removeLast(Int.random(in: 0..<min(16, bytes.count), using: &generator))
        case 3:  // a length where netlink keeps one: 16 bits at a multiple of four
            let aligned = place & ~3
            guard aligned + 2 <= bytes.count else { return }
            bytes[aligned] = UInt8.random(in: 0...40, using: &generator)
            bytes[aligned + 1] = 0
        case 4:  // a piece of another message over this one
            let other = pick()
            let length = min(Int.random(in: 1...32, using: &generator), other.count, bytes.count - place)
            let start = Int.random(in: 0...other.count - length, using: &generator)
            bytes.replaceSubrange(place..<place + length, with: other[start..<start + length])
        default:  // a piece taken out or doubled, so that everything behind it moves
            let length = min(4 * Int.random(in: 1...4, using: &generator), bytes.count - place)
            if Bool.random(using: &generator) {
                bytes.removeSubrange(place..<place + length)
            } else {
                bytes.insert(contentsOf: bytes[place..<place + length], at: place)
            }
        }
    }
}
