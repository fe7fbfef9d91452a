import FlowModel
import Query
import Reports
import Sessions

/// What answers and the event stream cost.
enum ReportBenchmarks {
    /// Nanoseconds for a whole answer, of sessions and of few groups, and for a line of the event stream (design.md).
    private static let answerGoal = 60e6
    private static let groupGoal = 120e6
    private static let lineGoal = 400.0
    private static let communityIDGoal = 130.0

    static func top(sessionCount: Int) -> Group {
        let filled = FilledTable(Population(count: sessionCount, translation: .third))
        func answer(_ name: String, by key: SortKey, goal: Double?) -> Benchmark {
            Benchmark(name, goal: goal) { stopwatch in
                stopwatch.measure {
                    var selection = TopSelection(
                        limit: 20, by: key, now: Timestamp(nanoseconds: 1_767_607_300_000_000_000))
                    filled.table.forEach { selection.consider($0) }
                    precondition(selection.ranked().count == 20)
                    return 1
                }
            }
        }
        func groups(_ by: String, goal: Double?) -> Benchmark {
            let grouping = try? Grouping(parsing: by)
            return Benchmark("in groups by \(by)", goal: goal) { stopwatch in
                guard let grouping else { preconditionFailure("no columns: \(by)") }
                return stopwatch.measure {
                    var selection = GroupSelection(
                        grouping, seed: (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210),
                        now: Timestamp(nanoseconds: 1_767_607_300_000_000_000))
                    filled.table.forEach { selection.consider($0, interfaces: [:]) }
                    keep(selection.count)
                    return 1
                }
            }
        }
        return Group(
            name: "The top 20 of \(sessionCount) sessions, and all of them in groups", unit: "answer",
            benchmarks: [
                Benchmark("a walk over all sessions", isReference: true) { stopwatch in
                    stopwatch.measure {
                        var count = 0
                        filled.table.forEach { count += $0.record.status.isEmpty ? 0 : 1 }
                        precondition(count == sessionCount)
                        return 1
                    }
                },
                answer("by bytes", by: .bytes, goal: answerGoal),
                answer("by duration", by: .duration, goal: answerGoal),
                answer("by source", by: .source, goal: answerGoal), groups("dport,proto", goal: groupGoal),
                groups("dst", goal: nil), groups("src,sport", goal: nil),
            ])
    }

    static func eventStream() -> Group {
        let names = NameTable()
        let rule = names.number(of: "drop:ssh-out".utf8)
        let interfaces: InterfaceNames = [2: names.number(of: "lan0".utf8), 3: names.number(of: "wan0".utf8)]
        let book = NameBook(names: names.snapshot, interfaces: interfaces)
        let events = (0..<256).map { event($0, rule: rule) }
        let strangers = (0..<16_384).map { event($0, rule: rule) }
        func write(_ name: String, _ format: EventFormat, of events: [SessionEvent], goal: Double? = nil) -> Benchmark {
            var report = EventReport(format: format)
            var text: [UInt8] = []
            return Benchmark(name, goal: goal) { stopwatch in
                stopwatch.measure {
                    for start in stride(from: 0, to: 25_600, by: 256) {
                        for index in 0..<256 {
                            report.append(
                                events[(start + index) % events.count], sequence: UInt64(index), names: book,
                                into: &text)
                        }
                        keep(text.count)
                        text.removeAll(keepingCapacity: true)
                    }
                    return 25_600
                }
            }
        }
        return Group(
            name: "The event stream: a session's end with all that is known", unit: "event",
            benchmarks: [
                write("ndjson", .ndjson, of: events, goal: lineGoal),
                write("ndjson, of a session not told of before", .ndjson, of: strangers),
                write("csv", .csv, of: events), write("compact", .compact, of: events),
            ])
    }

    static func communityID() -> Group {
        func name(_ name: String, of family: AddressFamily) -> Benchmark {
            let keys = (0..<512).map(Population(count: 512, translation: .none).original).filter { $0.family == family }
            return Benchmark(name, goal: communityIDGoal) { stopwatch in
                stopwatch.measure {
                    var sum: UInt64 = 0
                    for _ in 0..<100 {
                        for key in keys { sum &+= CommunityID(of: key)?.text.0 ?? 0 }
                    }
                    keep(Int(truncatingIfNeeded: sum))
                    return 100 * keys.count
                }
            }
        }
        return Group(
            name: "The Community ID of a tuple, as text", unit: "tuple",
            benchmarks: [name("IPv4", of: .ipv4), name("IPv6", of: .ipv6)])
    }

    private static func event(_ number: Int, rule: NameID) -> SessionEvent {
        let entry = Population(count: 256, translation: .third).row(number, round: 0)
        let start = Timestamp(nanoseconds: 1_767_607_200_131_415_000)
        let end = Timestamp(nanoseconds: start.nanoseconds + 8_123_456_789)
        var record = SessionRecord(
            id: SessionID(conntrackID: entry.id ?? 0, original: entry.original), original: entry.original,
            reply: entry.reply, start: start, lastSeen: end)
        record.facts = [.live, .conntrack, .nflog, .counters, .start, .mark, .announced]
        record.counters = DirectionalCounters(
            original: entry.originalCounters ?? Counters(), reply: entry.replyCounters ?? Counters())
        record.status = entry.status ?? []
        record.tcpState = TCPState(rawValue: 7)
        var lane = LogLane()
        lane.counters.original = Counters(packetCount: 1, byteCount: 60)
        (lane.originalPath.inInterface, lane.originalPath.outInterface, lane.rule, lane.verdict) = (2, 3, rule, .accept)
        return SessionEvent(
            time: end, kind: .end(SessionEnd(cause: .event, time: end)), session: Session(record: record, nflog: lane))
    }
}
