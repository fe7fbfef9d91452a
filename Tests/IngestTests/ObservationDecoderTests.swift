import FlowModel
import Testing

@testable import Ingest
@testable import Wire

@Suite struct ObservationDecoderTests {
    @Test func gapInTheSequenceIsExactlyThePacketsLost() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        for sequence: UInt32 in [0, 1, 5, 6] { decoder.take(.packet(sequence: sequence), to: &observations) }
        #expect(observations.lossCounts == [3])
    }

    @Test func packetsLostBeforeTheFirstOneThatArrivedAreCounted() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        decoder.take(.packet(sequence: 7), to: &observations)
        #expect(observations.lossCounts == [7])
    }

    @Test func sequenceThatWrapsIsNoLoss() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        for sequence: UInt32 in [0x7fff_0000, .max - 1, .max, 0, 1] {
            decoder.take(.packet(sequence: sequence), to: &observations)
        }
        #expect(observations.lossCounts == [0x7fff_0000])
    }

    @Test func groupsHaveSequencesOfTheirOwn() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        for group: UInt16 in [100, 101] {
            for sequence: UInt32 in 0..<3 { decoder.take(.packet(group: group, sequence: sequence), to: &observations) }
        }
        for group: UInt16 in [100, 101, 100] {
            decoder.take(.packet(group: group, sequence: group == 100 ? 3 : 4), to: &observations)
        }
        #expect(observations.lossCounts == [1], "one of group 101; a repeated number is none")
    }

    @Test func everyPacketHasItsOwnRulesNameWhateverTheOrder() {
        let names = NameTable()
        var decoder = ObservationDecoder(names: names)
        var observations = ObservationBatch()
        let prefixes = ["accept:lan", "accept:lan", "drop:ssh", "accept:lab", "plain", "", "drop:ssh", "accept:lan"]
        for (number, prefix) in prefixes.enumerated() {
            decoder.take(.packet(sequence: UInt32(number), prefix: prefix), to: &observations)
        }
        let read = observations.packets.map { packet in
            let name = String(decoding: names.snapshot.bytes(of: packet.rule), as: UTF8.self)
            return packet.verdict.keyword.map { "\($0):\(name)" } ?? name
        }
        #expect(read == prefixes)
    }

    @Test func endOfAnNFLogBatchIsNoEndOfADump() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        decoder.take(Message(type: 3, flags: 2, body: [0, 0, 0, 0]), to: &observations)
        #expect(observations.isEmpty)
    }

    @Test func dumpThatTheKernelCallsInterruptedIsNotComplete() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        let tuple = Message.attribute(1, Message.attribute(1, Message.attribute(1, [10, 0, 0, 1])))
        decoder.take(Message(type: 0x100, flags: 0x12, sequence: 5, body: [2, 0, 0, 0] + tuple), to: &observations)
        decoder.take(Message(type: 3, flags: 2, sequence: 5, body: [0, 0, 0, 0]), to: &observations)
        guard case .dumpEnded(let end)? = observations.last else {
            Issue.record("the dump did not end")
            return
        }
        #expect(!end.isComplete)
    }

    @Test func malformedMessageIsCountedToItsLaneAndTheNextOneIsRead() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        let broken = Message(type: 0x100, body: [2, 0, 0, 0, 200, 0, 1, 0])
        decoder.take(bytes: broken.bytes + Message.packet(sequence: 0).bytes, to: &observations)
        #expect(observations.count == 2)
        guard case .loss(let loss)? = observations.first, case .packet? = observations.last else {
            Issue.record("expected a loss and a packet")
            return
        }
        #expect(loss.lane == .conntrack && loss.cause == .malformed && loss.count == 1)
    }

    @Test func packetThatCannotBeReadIsMalformedAndNotLostToo() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        decoder.take(.packet(sequence: 0), to: &observations)
        var broken = Message.packet(sequence: 1)
        broken.bytes[22] = 1  // the number's attribute is of another type, and so has the wrong length
        broken.bytes[20] = 5
        decoder.take(broken, to: &observations)
        decoder.take(.packet(sequence: 2), to: &observations)
        decoder.take(.packet(sequence: 4), to: &observations)
        #expect(observations.lossCounts == [1, 1], "one malformed, and number 3 lost")
        let causes = observations.compactMap { if case .loss(let loss) = $0 { loss.cause } else { nil } }
        #expect(causes == [.malformed, .overrun])
    }

    @Test func dumpThatWasGivenUpDoesNotSpoilTheNextOne() {
        var decoder = ObservationDecoder(names: NameTable())
        var observations = ObservationBatch()
        let tuple = Message.attribute(1, Message.attribute(1, Message.attribute(1, [10, 0, 0, 1])))
        decoder.take(Message(type: 0x100, flags: 0x12, sequence: 5, body: [2, 0, 0, 0] + tuple), to: &observations)
        decoder.forgetDump()
        decoder.take(Message(type: 3, flags: 2, sequence: 6, body: [0, 0, 0, 0]), to: &observations)
        guard case .dumpEnded(let end)? = observations.last else {
            Issue.record("the dump did not end")
            return
        }
        #expect(end.isComplete)
    }

    @Test func dumpsCauseSurvivesARecording() {
        var sequence = DumpSequence()
        for cause in DumpStart.Cause.allCases {
            let number = sequence.next(cause)
            #expect(number != 0)
            #expect(DumpSequence.cause(of: number) == cause)
        }
    }
}

/// A netlink message under construction.
struct Message {
    var bytes: [UInt8] = []

    init(type: UInt16, flags: UInt16 = 0, sequence: UInt32 = 0, body: [UInt8]) {
        bytes.appendNative(UInt32(16 + body.count))
        bytes.appendNative(type)
        bytes.appendNative(flags)
        bytes.appendNative(sequence)
        bytes.appendNative(0 as UInt32)
        bytes += body
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    /// An NFLOG packet: IPv4 and UDP.
    static func packet(group: UInt16 = 100, sequence: UInt32, prefix: String = "") -> Message {
        var number: [UInt8] = []
        number.appendBigEndian(sequence)
        let header: [UInt8] = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        var body = [2, 0, UInt8(group >> 8), UInt8(group & 0xff)] + attribute(12, number)
        if !prefix.isEmpty { body += attribute(10, Array(prefix.utf8) + [0]) }
        return Message(type: 0x400, body: body + attribute(9, header + [0, 53, 0, 54, 0, 8, 0, 0]))
    }

    static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendNative(UInt16(4 + value.count))
        bytes.appendNative(type)
        bytes += value
        while bytes.count % 4 != 0 { bytes.append(0) }
        return bytes
    }
}

extension ObservationDecoder {
    mutating func take(_ message: Message, to observations: inout ObservationBatch) {
        take(bytes: message.bytes, to: &observations)
    }

    mutating func take(bytes: [UInt8], to observations: inout ObservationBatch) {
        decode(datagram: bytes.reader, of: .netfilter, to: &observations)
    }
}

extension ObservationBatch {
    /// How many were lost, gap by gap.
    var lossCounts: [UInt64] {
        compactMap { if case .loss(let loss) = $0 { loss.count } else { nil } }
    }
}
