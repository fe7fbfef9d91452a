import Testing

/// Something that befalls what a step gave nfmon to read. Where there is nothing that it could befall, nothing happens.
struct Fault: Sendable {
    enum Kind: Equatable, Sendable {
        /// An event finds the receive buffer full, and the kernel counts it; or a datagram of logged packets does, and their
        /// sequence has a gap.
        case drop
        /// The same on a kernel that does not count: an error on the socket is all there is.
        case dropUncounted
        /// An event comes twice.
        case duplicate
        /// An end comes once more, later: another listener's reliable delivery makes the kernel send it to everybody again.
        case again(milliseconds: UInt64)
        /// An event overtakes the one before it, if the kernel may do that.
        case overtake
        /// The datagram ends within a message, so far into its messages and into that message.
        case cut(percent: Int)
        /// The length of a message's first attribute leads beyond the message.
        case mislength
        /// A dump misses an entry. It never misses one twice in a row.
        case skip
        /// A dump's rows were made before the events that nfmon reads before them.
        case late
        /// The kernel says that the dump was interrupted.
        case interrupt
        /// The kernel refuses to go on with the dump.
        case refuse
    }

    /// The step's number.
    var step: Int
    var kind: Kind

    init(_ step: Int, _ kind: Kind) {
        self.step = step
        self.kind = kind
    }

    /// Swift source that makes these faults again.
    static func source(of faults: [Fault]) -> String {
        "[\(faults.map { "Fault(\($0.step), .\($0.kind))" }.joined(separator: ", "))]"
    }
}

/// How often which faults happen.
struct FaultMix: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Of a thousand events.
    var drop = 0
    var dropUncounted = 0
    var duplicate = 0
    var overtake = 0
    /// Of a thousand datagrams.
    var damage = 0
    /// Of a thousand datagrams of dumps.
    var dump = 0

    static let all = [
        FaultMix(testDescription: "none"),
        FaultMix(testDescription: "dropped", drop: 200),
        FaultMix(testDescription: "dropped and not counted", drop: 50, dropUncounted: 100),
        FaultMix(testDescription: "repeated", duplicate: 300),
        FaultMix(testDescription: "reordered", overtake: 400),
        FaultMix(testDescription: "damaged", damage: 150),
        FaultMix(testDescription: "dumps fail", dump: 400),
        FaultMix(
            testDescription: "everything", drop: 100, dropUncounted: 20, duplicate: 100, overtake: 100, damage: 50,
            dump: 150),
        FaultMix(testDescription: "nothing arrives", drop: 1000),
    ]

    /// The faults of one run over `frames`.
    func faults(over frames: [Frame], using generator: inout SeededGenerator) -> [Fault] {
        var faults: [Fault] = []
        func happens(_ share: Int) -> Bool { Int.random(in: 0..<1000, using: &generator) < share }
        for (step, frame) in frames.enumerated() {
            switch frame.kind {
            case .silence, .request, .other: continue
            case .packets:
                if happens(drop) { faults.append(Fault(step, .drop)) }
                continue
            case .event:
                if happens(drop) { faults.append(Fault(step, .drop)) }
                if happens(dropUncounted) { faults.append(Fault(step, .dropUncounted)) }
                if happens(duplicate) { faults.append(Fault(step, .duplicate)) }
                if happens(duplicate) {
                    faults.append(Fault(step, .again(milliseconds: UInt64.random(in: 1...900, using: &generator))))
                }
                if happens(overtake) { faults.append(Fault(step, .overtake)) }
            case .rows, .done:
                if happens(dump) { faults.append(Fault(step, .skip)) }
                if happens(dump) { faults.append(Fault(step, .late)) }
                if happens(dump / 2) { faults.append(Fault(step, .interrupt)) }
                if happens(dump / 2) { faults.append(Fault(step, .refuse)) }
            }
            if happens(damage) { faults.append(Fault(step, .cut(percent: Int.random(in: 0..<100, using: &generator)))) }
            if happens(damage / 2) { faults.append(Fault(step, .mislength)) }
        }
        return faults
    }
}
