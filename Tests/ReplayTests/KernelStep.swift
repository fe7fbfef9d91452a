/// One thing that happens on the scripted host. A step that means nothing where it stands does nothing, so that every part
/// of a script is a script, too.
///
/// Flows are numbers into ``ModelFlow``.
enum KernelStep: Sendable {
    /// A connection begins: NEW. Where its tuple is taken, that connection ends instead.
    case open(Int)
    /// The same, with the id that the flow's last entry had: the kernel gives the same memory out again.
    case openAgain(Int)
    /// The same while nobody listened: the entry never sends an event.
    case openUnheard(Int)
    /// A rule marks the connection: UPDATE.
    case mark(Int, UInt32)
    /// The first answer comes: UPDATE.
    case answer(Int)
    /// Packets pass, of which no event tells.
    case carry(Int, bytes: UInt64)
    /// Somebody else reads the counters and zeroes them.
    case zero(Int)
    /// The connection ends: DESTROY.
    case close(Int)
    /// The same, and for a moment a dump still shows it: DESTROY is sent before the entry leaves the hash table.
    case closeLingering(Int)
    /// nfmon asks for a dump.
    case dump
    /// The kernel answers with a datagram of up to so many rows.
    case rows(Int)
    /// The kernel sends the rest of the rows and says that it is done.
    case done
    /// nfmon reads its socket.
    case read
    /// Time passes, in which nfmon reads what comes.
    case pause(milliseconds: UInt64)
    /// Time passes, in which nfmon does not come to read.
    case stall(milliseconds: UInt64)
}

extension KernelStep {
    /// A script of about so many steps, in which dumps and events are mixed.
    static func script(ofAbout count: Int, using generator: inout SeededGenerator) -> [KernelStep] {
        var steps: [KernelStep] = []
        for flow in 0..<ModelFlow.count where Int.random(in: 0..<4, using: &generator) == 0 {
            steps.append(.openUnheard(flow))
        }
        appendDump(to: &steps, using: &generator)
        while steps.count < count {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: appendDump(to: &steps, using: &generator)
            case 1...3: steps.append(.pause(milliseconds: UInt64.random(in: 1...700, using: &generator)))
            case 4: steps.append(.pause(milliseconds: 2500))  // longer than a tombstone stands
            case 5: steps.append(.stall(milliseconds: UInt64.random(in: 1...300, using: &generator)))
            case 6...7: steps.append(.read)
            default: steps.append(traffic(using: &generator))
            }
        }
        return steps
    }

    private static func appendDump(to steps: inout [KernelStep], using generator: inout SeededGenerator) {
        steps.append(.dump)
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            for _ in 0..<Int.random(in: 0...3, using: &generator) { steps.append(traffic(using: &generator)) }
            if Bool.random(using: &generator) { steps.append(.read) }
            steps.append(.rows(Int.random(in: 1...4, using: &generator)))
        }
        steps.append(.done)
    }

    private static func traffic(using generator: inout SeededGenerator) -> KernelStep {
        let flow = Int.random(in: 0..<ModelFlow.count, using: &generator)
        switch Int.random(in: 0..<40, using: &generator) {
        case 0..<13: return .open(flow)
        case 13: return .openAgain(flow)
        case 14: return .openUnheard(flow)
        case 15..<20: return .mark(flow, UInt32.random(in: 0...3, using: &generator))
        case 20..<25: return .answer(flow)
        case 25..<30: return .carry(flow, bytes: UInt64.random(in: 40...5000, using: &generator))
        case 30: return .zero(flow)
        case 31..<34: return .closeLingering(flow)
        default: return .close(flow)
        }
    }
}
