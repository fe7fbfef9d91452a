import CReference
import FlowModel
import Wire

/// A logged packet from the datagram to its tuple.
enum PacketDecoding {
    static func groups() -> [Group] {
        let plain = NFLogSample("a packet of a forwarded TCP connection") {
            $0.addAttribute(1, [0x08, 0x00, 2, 0])
            $0.addAttribute(10, [UInt8](text: "accept:lan-out"))
            $0.addAttribute(2, number: 0 as UInt32)
            $0.addAttribute(3, [UInt8](big: 1_767_607_872 as UInt64) + [UInt8](big: 131_415 as UInt64))
            $0.addAttribute(4, number: 2 as UInt32)
            $0.addAttribute(5, number: 3 as UInt32)
            $0.addAttribute(12, number: 41 as UInt32)
            $0.addAttribute(9, .ipv4(6, .tcp(51514, 443, flags: 2) + [UInt8](repeating: 0, count: 88)))
        }
        return [plain, .everything].map { group($0) }
    }

    private static func group(_ sample: NFLogSample) -> Group {
        let messages = Messages((0..<64).map { _ in sample.bytes })
        return Group(
            name: "NFLOG decoding: \(sample.name)", unit: "packet",
            benchmarks: [
                Benchmark("nflog_nlmsg_parse, attributes found only", isReference: true) { stopwatch in
                    stopwatch.measure { messages.reference { reference_parse_nflog($0, $1) } }
                },
                Benchmark("NFLogMessage") { stopwatch in
                    stopwatch.measure {
                        messages.read { attributes throws(WireFault) in
                            keep(try NFLogMessage(attributes: attributes).sequence)
                        }
                    }
                },
                Benchmark("NFLogMessage and IPPacket") { stopwatch in
                    stopwatch.measure {
                        messages.read { attributes throws(WireFault) in
                            let log = try NFLogMessage(attributes: attributes)
                            keep(try IPPacket(log.payload))
                        }
                    }
                },
            ])
    }
}
