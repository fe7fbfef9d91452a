import FlowModel
import Testing
import Wire

/// A smoke test for hostile input; `Tests/Fuzz/run` looks longer and better.
struct MutationTests {
    private static let datagrams =
        ConntrackSample.all.map(\.bytes) + NFLogSample.all.map(\.bytes)
        + [ConntrackSample.all.flatMap(\.bytes), .refusal, .link]

    private static let insides =
        ConntrackSample.all.map(\.attributes) + NFLogSample.all.map(\.attributes) + [UInt8].packets

    @Test(arguments: 0..<8 as Range<UInt64>)
    func noChangedDatagramTrapsADecoder(seed: UInt64) {
        var mutator = Mutator(seeds: Self.datagrams, seed: seed)
        var outcome = EveryDecoder.Outcome()
        for _ in 0..<2000 { EveryDecoder.read(datagram: mutator.next(), &outcome) }
        #expect(outcome.decodedCount > 200, "some survive their changes")
        #expect(outcome.faults.keys.count >= 5, "the changes reach the checks")
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func noChangedInsideTrapsADecoder(seed: UInt64) {
        var mutator = Mutator(seeds: Self.insides, seed: seed)
        var outcome = EveryDecoder.Outcome()
        for _ in 0..<2000 { EveryDecoder.read(inside: mutator.next(), &outcome) }
        #expect(outcome.decodedCount > 200)
        #expect(outcome.faults.keys.count >= 5)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func noChangedFrameTrapsADecoder(seed: UInt64) {
        var mutator = Mutator(seeds: FrameSample.all.map(\.bytes), seed: seed)
        var outcome = EveryDecoder.Outcome()
        for _ in 0..<1000 { EveryDecoder.read(frame: mutator.next(), &outcome) }
        #expect(outcome.decodedCount > 200, "some survive their changes")
        #expect(outcome.faults.keys.contains(.notIP))
        #expect(outcome.faults.keys.contains(.packetCut))
    }

    @Test
    func noChangedSavefileTrapsTheReader() {
        var file: [UInt8] = []
        SavefileHeader(linkType: .netlink).append(to: &file)
        for sample in ConntrackSample.all {
            SavefileRecord(time: Timestamp(nanoseconds: 1), length: sample.bytes.count).append(to: &file)
            file += sample.bytes
        }
        var mutator = Mutator(seeds: [file, Pcapng.sample(isSwapped: false), Pcapng.sample(isSwapped: true)], seed: 1)
        for _ in 0..<6000 { EveryDecoder.read(savefile: mutator.next()) }
    }
}

extension [UInt8] {
    /// A refusal with the kernel's sentence.
    fileprivate static var refusal: [UInt8] {
        var body = [UInt8](native: -22 as Int32) + netlinkMessage(type: 0x101, body: [1, 2, 3, 4])
        body.addAttribute(1, [UInt8](text: "Unsupported filter"))
        return netlinkMessage(type: 2, flags: 0x200, body: body)
    }

    /// An interface that came.
    fileprivate static var link: [UInt8] {
        var body = [UInt8](repeating: 0, count: 16)
        body.addAttribute(3, [UInt8](text: "wan0"))
        return netlinkMessage(type: 16, body: body)
    }

    /// Packets of every protocol that has a decoder.
    fileprivate static var packets: [[UInt8]] {
        [
            ipv4(6, tcp(51514, 443, flags: 2), optionWords: 2),
            ipv4(47, [0x30, 0x81, 0x88, 0x0b, 0, 10, 1, 2]),
            ipv4(1, icmp(3, 1, [0, 0, 0, 0] + ipv4(17, ports(1, 2)))),
            ipv6(58, icmp(1, 4, [0, 0, 0, 0] + ipv6(17, ports(1, 2)))),
            ipv6(
                0,
                [44, 0, 0, 0, 0, 0, 0, 0, 51, 0, 0, 0, 0, 0, 0, 1, 17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + ports(1, 2)),
        ]
    }
}
