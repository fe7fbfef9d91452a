import FlowModel
import Reports

/// A column of the list.
struct ScreenColumn: Hashable {
    var title: String
    /// What sorts by it; `nil` where nothing does.
    var sortKey: String?
    /// Numbers are aligned at their last digit.
    var isNumber = false
    /// Whether it is shown only when a row has something in it.
    var isOptional = false
    /// Of columns that there is no room for, the least important goes first; `nil` never goes.
    var importance: Int?
    /// What it may be cut to when nothing else is left to go; `nil` is never cut.
    var leastWidth: Int?
}

/// What cells need to know beside the row.
struct CellContext {
    var units = Units.binaryBytes
    /// What addresses are called.
    var names: [String: String] = [:]
    var now: Timestamp?

    /// The time since a moment that the document tells.
    func age(since start: String?) -> UInt64? {
        guard let now, let start = start.flatMap(AnswerSummary.moment) else { return nil }
        return UInt64(exactly: now.nanoseconds(since: start))
    }
}

/// The columns of the list of sessions.
enum SessionColumns {
    static let all: [ScreenColumn] = [
        ScreenColumn(title: "proto", sortKey: "proto", importance: 11),
        ScreenColumn(title: "source", sortKey: "src", leastWidth: 10),
        ScreenColumn(title: "destination", sortKey: "dst", leastWidth: 11),
        ScreenColumn(title: "nat", sortKey: "natsrc", isOptional: true, importance: 10),
        ScreenColumn(title: "in", isOptional: true, importance: 7),
        ScreenColumn(title: "out", isOptional: true, importance: 6),
        ScreenColumn(title: "rule", isOptional: true, importance: 9),
        ScreenColumn(title: "verdict", isOptional: true, importance: 8),
        ScreenColumn(title: "zone", sortKey: "zone", isNumber: true, isOptional: true, importance: 4),
        ScreenColumn(title: "state", sortKey: "state", isOptional: true, importance: 5),
        ScreenColumn(title: "packets", sortKey: "packets", isNumber: true, importance: 2),
        ScreenColumn(title: "bytes", sortKey: "bytes", isNumber: true, importance: 12),
        ScreenColumn(title: "pps", sortKey: "pps", isNumber: true, isOptional: true, importance: 1),
        ScreenColumn(title: "rate", sortKey: "rate", isNumber: true),
        ScreenColumn(title: "age", sortKey: "duration", isNumber: true, importance: 3),
    ]

    private static let protocolsWithPorts: Set = ["tcp", "udp", "sctp", "dccp", "udplite"]

    /// What the columns show of a session: empty where there is nothing to show.
    static func cells(_ row: SessionRow, _ context: CellContext) -> [String] {
        let mark = row.isLowerBound ? ">" : ""
        return [
            row.transport,
            source(row, context.names),
            destination(row, context.names),
            translation(row),
            row.ingress ?? "",
            row.egress ?? "",
            row.rule ?? "",
            row.verdict ?? "",
            row.zone.flatMap { $0 == 0 ? nil : String($0) } ?? "",
            row.state ?? "",
            row.packetCount.map { mark + $0.grouped } ?? "",
            row.byteCount.map { mark + context.units.text($0) } ?? "",
            row.packetRate.map(\.grouped) ?? "",
            row.byteRate.map { context.units.text($0) + "/s" } ?? "",
            row.duration?.durationText ?? "",
        ]
    }

    static func source(_ row: SessionRow, _ names: [String: String]) -> String {
        guard let end = row.end("source") else { return "" }
        // Attempts that come from several ports have none.
        let varies = end.port == nil && !row.denials.isEmpty && Self.protocolsWithPorts.contains(row.transport)
        return end.text(ports: varies ? "*" : nil, name: names[end.address])
            + number(row.nfmon["gre"]?["source_key"])
    }

    static func destination(_ row: SessionRow, _ names: [String: String]) -> String {
        guard let end = row.end("destination") else { return "" }
        let ports = row.scannedPorts.map { "\($0.from)-\($0.to)" }
        return end.text(ports: ports, name: names[end.address]) + number(row.nfmon["gre"]?["destination_key"])
            + (row.icmp?.text ?? "")
    }

    private static func number(_ key: JSONValue?) -> String { key?.whole.map { " key \($0)" } ?? "" }

    private static func translation(_ row: SessionRow) -> String {
        (row.translatedEnd("source")?.text() ?? "") + (row.translatedEnd("destination").map { "->" + $0.text() } ?? "")
    }
}

/// The columns of a list of groups.
enum GroupColumns {
    /// - Parameter by: the columns that the groups are by.
    static func all(_ by: [String]) -> [ScreenColumn] {
        by.map { ScreenColumn(title: $0, sortKey: $0.subject, leastWidth: 8) } + [
            ScreenColumn(title: "sessions", sortKey: "sessions", isNumber: true),
            ScreenColumn(title: "denied", sortKey: "denied", isNumber: true, isOptional: true, importance: 6),
            ScreenColumn(title: "attempts", sortKey: "attempts", isNumber: true, isOptional: true, importance: 7),
            ScreenColumn(title: "packets", sortKey: "packets", isNumber: true, importance: 4),
            ScreenColumn(title: "sent", sortKey: "sent", isNumber: true, importance: 3),
            ScreenColumn(title: "received", sortKey: "received", isNumber: true, importance: 2),
            ScreenColumn(title: "bytes", sortKey: "bytes", isNumber: true, importance: 12),
            ScreenColumn(title: "pps", sortKey: "pps", isNumber: true, isOptional: true, importance: 1),
            ScreenColumn(title: "rate", sortKey: "rate", isNumber: true),
            ScreenColumn(title: "age", sortKey: "start", isNumber: true, importance: 5),
        ]
    }

    /// What the columns show of a group.
    static func cells(_ row: GroupRow, by: [String], _ context: CellContext) -> [String] {
        let mark = row.isLowerBound ? ">" : ""
        let rateMark = row.isRateWhole ? "" : ">"
        func amount(_ count: UInt64?) -> String { count.map { mark + context.units.text($0) } ?? "" }
        let keys = by.map { column in
            let text = row.common(column) ?? ""
            return context.names[text] ?? text
        }
        return keys + [
            row.sessionCount?.grouped ?? "",
            row.deniedCount?.grouped ?? "",
            row.attemptCount?.grouped ?? "",
            row.packetCount.map { mark + $0.grouped } ?? "",
            amount(row.sentBytes),
            amount(row.receivedBytes),
            amount(row.byteCount),
            row.packetRate.map { rateMark + $0.grouped } ?? "",
            row.byteRate.map { rateMark + context.units.text($0) + "/s" } ?? "",
            context.age(since: row.start)?.durationText ?? "",
        ]
    }
}

extension UInt64 {
    /// With a comma after each three digits.
    var grouped: String {
        var text: [UInt8] = []
        text.appendGrouped(self)
        return String(decoding: text, as: UTF8.self)
    }

    /// Nanoseconds as a length of time.
    var durationText: String {
        var text: [UInt8] = []
        text.appendDuration(nanoseconds: self)
        return String(decoding: text, as: UTF8.self)
    }
}

extension ICMPMessage {
    /// ` echo-request id 4711`
    var text: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
