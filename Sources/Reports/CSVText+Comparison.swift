import Comparison
import FlowModel
import Query

extension [UInt8] {
    /// Appends one row a difference; a session's counts stand in each of its rows.
    mutating func appendDifferences(_ sessions: ArraySlice<ComparedSession>, _ result: ComparisonOutcome) {
        let counts = [Lane.conntrack, .nflog, .packet].flatMap { lane in
            ["packets", "bytes", "first", "last"].map { "\(lane.keyword)_\($0)" }
        }
        let columns =
            ["session", "proto", "src", "sport", "dst", "dport"] + counts
            + ["reason", "certain", "direction", "more", "fewer", "packets", "bytes", "bytes_exact", "evidence"]
        appendRows(columns) { csv in
            for session in sessions {
                for difference in session.differences { csv.append(difference, of: session) }
            }
        }
    }
}

extension CSVText {
    fileprivate mutating func append(_ difference: Difference, of compared: ComparedSession) {
        let record = compared.session.record
        separate()
        bytes.appendHexadecimal(record.id.rawValue, width: 16)
        separate()
        record.original.transport.append(to: &bytes)
        endpoint(record.source)
        endpoint(record.destination)
        for lane in [Lane.conntrack, .nflog, .packet] {
            let total = compared.counters(of: lane)?.total
            number(total?.packetCount)
            number(total?.byteCount)
            let times = compared.times(of: lane)
            time(times.first)
            time(times.last)
        }
        word(difference.reason.rawValue)
        word(difference.isCertain ? "true" : "false")
        word(difference.direction == .original ? "original" : "reply")
        word(difference.more.rawValue)
        word(difference.fewer.rawValue)
        number(difference.packetCount)
        number(difference.byteCount)
        word(difference.knowsBytes ? "true" : "false")
        text(Array(difference.evidence.joined(separator: "; ").utf8))
        endRow()
    }
}
