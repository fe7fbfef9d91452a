import FlowModel
import Wire

/// Every way from bytes to values, for input that may be anything: the only wrong answer is a trap.
enum EveryDecoder {
    /// What came of it, so that a test can tell that its input reached the decoders.
    struct Outcome {
        var decodedCount = 0
        var faults: [WireFault: Int] = [:]

        mutating func count(_ body: () throws(WireFault) -> Void) {
            do throws(WireFault) {
                try body()
                decodedCount += 1
            } catch {
                faults[error, default: 0] += 1
            }
        }
    }

    /// As a datagram from a socket.
    static func read(datagram: [UInt8], _ outcome: inout Outcome) {
        var messages = NetlinkMessages(datagram.reader)
        while true {
            do throws(WireFault) {
                guard let message = try messages.next() else { return }
                outcome.count { () throws(WireFault) in try read(message) }
            } catch {
                outcome.faults[error, default: 0] += 1
            }
        }
    }

    private static func read(_ message: borrowing NetlinkMessage) throws(WireFault) {
        switch message.control {
        case .error: _ = try NetlinkAnswer(error: message)
        case .done: _ = try NetlinkAnswer(done: message)
        case .overrun: _ = (LossMark.count(in: message), LossMark.lane(in: message))
        default: break
        }
        _ = try LinkMessage(message)
        _ = try AddressMessage(message)
        _ = try ChainMessage(message)
        _ = try GenerationMessage(message)
        _ = try RouteMessage(message)
        _ = try RoutingRuleMessage(message)
        _ = try NeighbourMessage(message)
        _ = try NetlinkDiagnosis(message)
        guard let netfilter = try NetfilterMessage(message) else { return }
        switch netfilter.subsystem {
        case .conntrack: _ = try DecodedConntrack(netfilter.attributes)
        case .log: try read(log: netfilter.attributes)
        }
    }

    private static func read(log attributes: ByteReader) throws(WireFault) {
        let log = try NFLogMessage(attributes: attributes)
        if log.conntrack.count > 0 { _ = try DecodedConntrack(log.conntrack) }
        _ = try IPPacket(log.payload)
    }

    /// As a record's or a datagram's inside, each decoder by itself.
    static func read(inside bytes: [UInt8], _ outcome: inout Outcome) {
        outcome.count { () throws(WireFault) in _ = try DecodedConntrack(attributes: bytes) }
        outcome.count { () throws(WireFault) in try read(log: bytes.reader) }
        outcome.count { () throws(WireFault) in _ = try IPPacket(bytes.reader) }
        _ = NetlinkCapture(bytes.reader)
        _ = NFLogCapture(bytes.reader)
    }

    /// As a frame of each link type.
    static func read(frame bytes: [UInt8], _ outcome: inout Outcome) {
        for linkType in LinkType.allCases {
            let facts = FrameFacts(
                time: Timestamp(nanoseconds: 0), originalLength: bytes.count, linkType: linkType)
            outcome.count { () throws(WireFault) in
                let header = try LinkHeader(Frame(bytes.reader, facts))
                _ = try IPPacket(bytes.reader.slice(from: header.length))
            }
        }
    }

    /// As a savefile.
    static func read(savefile file: [UInt8]) {
        var reader = SavefileReader()
        var (offset, neededCount) = (0, 0)
        while let step = try? reader.next(file.reader.slice(from: offset), neededCount: &neededCount) {
            offset += step.length
        }
    }
}
