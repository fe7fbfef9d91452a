import FlowModel
import Reports

/// The monitor's text of the event stream on its way to the output: whole lines, counted, with the number of the last event.
struct EventLines {
    private let format: EventFormat
    /// What has come of a line that is not whole.
    private var rest: [UInt8] = []
    private var lineCount: UInt64 = 0
    /// How many events were passed on.
    private(set) var eventCount: UInt64 = 0
    /// The last line that was passed on.
    private var lastLine: [UInt8] = []

    init(format: EventFormat) { self.format = format }

    /// The format to ask the monitor for: the array's brackets and commas are put here, so that it is whole whenever it ends.
    var wireFormat: EventFormat { format == .json ? .ndjson : format }

    /// Passes on the lines that are whole.
    mutating func pass(_ bytes: [UInt8], to text: inout [UInt8]) {
        rest += bytes
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return }
        var start = 0
        while start <= end, let next = rest[start...end].firstIndex(of: UInt8(ascii: "\n")) {
            if isHeartbeat(rest[start..<next]) {
                // It is for knowing the place, and nobody asked to see it.
                if next == end { lastLine = Array(rest[start..<next]) }
                start = next + 1
                continue
            }
            if format == .json {
                text += (lineCount == 0 ? "[\n" : ",\n").utf8
                text += rest[start..<next]
            } else {
                text += rest[start...next]
            }
            if isEvent(rest[start..<next]) { eventCount += 1 }
            lineCount += 1
            if next == end { lastLine = Array(rest[start..<next]) }
            start = next + 1
        }
        rest.removeFirst(start)
    }

    /// Whether a line of NDJSON only says that there is nothing to say. A name cannot: its quotes would be escaped.
    private func isHeartbeat(_ line: ArraySlice<UInt8>) -> Bool {
        wireFormat == .ndjson && line.count < Self.longestHeartbeat
            && line.firstRange(of: #""event":{"action":"heartbeat""#.utf8) != nil
    }

    private static let longestHeartbeat = 160

    /// Whether a line tells an event: the first one of CSV names columns, and one between two days names the day.
    private func isEvent(_ line: ArraySlice<UInt8>) -> Bool {
        switch format {
        case .ndjson, .json: true
        case .csv: lineCount > 0
        case .compact: !line.starts(with: "--- ".utf8)
        }
    }

    /// What the format has behind the last event.
    mutating func end(to text: inout [UInt8]) {
        if format == .json { text += (lineCount == 0 ? "[\n]\n" : "\n]\n").utf8 }
    }

    /// The number of the last event, or of a later one that the filter left out; `nil` where the format does not tell it, and
    /// while sessions that were there first are told, as behind that number there would be no more of them.
    var lastSequence: UInt64? {
        switch format {
        case .ndjson, .json:
            guard lastLine.firstRange(of: #""initial":true"#.utf8) == nil,
                let place = lastLine.firstRange(of: #""sequence":"#.utf8)
            else { return nil }
            return UInt64(String(decoding: lastLine[place.upperBound...].prefix { Self.isDigit($0) }, as: UTF8.self))
        case .csv:
            guard eventCount > 0, let column = CSVText.eventColumns.firstIndex(of: "sequence") else { return nil }
            let fields = lastLine.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            return column < fields.count ? UInt64(String(decoding: fields[column], as: UTF8.self)) : nil
        case .compact: return nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}
