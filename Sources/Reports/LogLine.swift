public import FlowModel

/// A line of the log.
public struct LogLine: Sendable {
    public var time: Timestamp
    /// Its level's name.
    public var level: String
    public var message: String
    /// What else there is to say, by name.
    public var details: [(name: String, value: String)]

    public init(time: Timestamp, level: String, message: String, details: [(name: String, value: String)] = []) {
        self.time = time
        self.level = level
        self.message = message
        self.details = details
    }

    /// Appends the line for people: `2026-01-05T10:11:12.131Z warning: NFLOG group 100 is down`, details in parentheses. What came
    /// from outside cannot steer a terminal.
    ///
    /// - Parameter priority: for the journal, which has the time and the level itself: a number from 0 to 7 in the place of both.
    public func append(to buffer: inout [UInt8], priority: Int? = nil) {
        if let priority {
            buffer.append(contentsOf: "<\(priority)>".utf8)
        } else {
            time.append(to: &buffer, fractionDigits: 3)
            buffer.append(contentsOf: " \(level): ".utf8)
        }
        TerminalText.append(Array(message.utf8), to: &buffer)
        for (index, detail) in details.enumerated() {
            buffer.append(contentsOf: (index == 0 ? " (" : ", ").utf8)
            TerminalText.append(Array("\(detail.name) \(detail.value)".utf8), to: &buffer)
        }
        buffer.append(contentsOf: (details.isEmpty ? "\n" : ")\n").utf8)
    }

    /// Appends the line as a JSON object, with the names of the Elastic Common Schema; details are its `labels`.
    public func appendJSON(to buffer: inout [UInt8]) {
        let texts = [message, level] + details.flatMap { [$0.name, $0.value] }
        let size = texts.reduce(128) { $0 + JSONText.longestString(ofLength: $1.utf8.count) + 2 }
        var page = JSONPage()
        var text = page.text(NameBook(names: NameTable().snapshot, interfaces: InterfaceNames()), upTo: size)
        text.append(word: "{\"@timestamp\":\"")
        text.append(time)
        text.append(word: "\",\"log\":{\"level\":")
        text.append(string: Array(level.utf8))
        text.append(word: "},\"message\":")
        text.append(string: Array(message.utf8))
        for (index, detail) in details.enumerated() {
            text.append(word: index == 0 ? ",\"labels\":{" : ",")
            text.append(string: Array(detail.name.utf8))
            text.append(word: ":")
            text.append(string: Array(detail.value.utf8))
        }
        text.append(word: details.isEmpty ? "}\n" : "}}\n")
        page.flush(text.end, into: &buffer)
    }
}
