import CReference
import FlowModel
import Wire

/// A conntrack event from the datagram to the entry, beside libnetfilter_conntrack on the same bytes.
enum ConntrackDecoding {
    /// Figures of design.md: nanoseconds per event, and the part of the library's.
    private static let goal = 150.0

    static func groups() -> [Group] {
        let update = ConntrackSample.update
        let kinds = [ConntrackSample.new, update, .destroy, .everything]
        return kinds.map { group($0.name, [$0]) } + [group("the four in turn", kinds)]
    }

    private static func group(_ name: String, _ samples: [ConntrackSample]) -> Group {
        let messages = Messages((0..<64).map { samples[$0 % samples.count].bytes })
        return Group(
            name: "Conntrack decoding: \(name)", unit: "message",
            benchmarks: [
                Benchmark("nfct_nlmsg_parse", isReference: true) { stopwatch in
                    stopwatch.measure { messages.reference { reference_parse_conntrack($0, $1) } }
                },
                Benchmark("nfct_new, nfct_nlmsg_parse, nfct_destroy") { stopwatch in
                    stopwatch.measure { messages.reference { reference_read_conntrack($0, $1) } }
                },
                Benchmark("ConntrackMessage", goal: goal) { stopwatch in
                    stopwatch.measure {
                        messages.read { attributes throws(WireFault) in
                            keep(try ConntrackMessage(attributes: attributes).entry)
                        }
                    }
                },
            ])
    }
}
