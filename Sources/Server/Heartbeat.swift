import FlowModel

/// A line of the event stream that says that there is nothing to say.
struct Heartbeat {
    var time: Timestamp
    /// The number of the last event before it, wanted or not: a reader that comes back goes on behind it. `nil` where there was none.
    var sequence: UInt64?

    /// Appends the line, with the names of the stream's schema.
    func append(to text: inout [UInt8]) {
        text += #"{"@timestamp":""#.utf8
        time.append(to: &text)
        text += #"","event":{"action":"heartbeat""#.utf8
        if let sequence { text += #","sequence":\#(sequence)"#.utf8 }
        text += "},\"nfmon\":{\"schema\":1}}\n".utf8
    }
}
