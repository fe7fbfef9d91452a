public import FlowModel

/// Writes the event stream as text into a buffer that the caller owns, writes out and empties.
///
/// Call ``begin(into:)`` once, then ``append(_:sequence:names:into:)`` for each event, then ``end(into:)`` once; the text is
/// valid also when there was no event. Nothing is allocated per event once the buffers have grown.
public struct EventReport: Sendable {
    public let format: EventFormat

    // The writers take the caller's buffer for the time of a call.
    private var page = JSONPage()
    private var csv = CSVText()
    private var compact = CompactEventText()
    private var communityIDs = CommunityIDCache()
    private var isFirst = true

    public init(format: EventFormat) { self.format = format }

    /// Writes what comes before the first event.
    public mutating func begin(into buffer: inout [UInt8]) {
        switch format {
        case .ndjson, .compact: break
        case .csv:
            swap(&csv.bytes, &buffer)
            csv.header(CSVText.eventColumns)
            swap(&csv.bytes, &buffer)
        case .json: buffer.append(UInt8(ascii: "["))
        }
    }

    /// Writes an event.
    ///
    /// - Parameters:
    ///   - sequence: the event's number in the stream.
    ///   - names: of the same table in each call, and at least as new as the event; a name that is not in it is left empty.
    /// - Complexity: O(1); allocates only to grow, and for an interface without a name.
    public mutating func append(
        _ event: borrowing SessionEvent, sequence: UInt64, names: NameBook, into buffer: inout [UInt8]
    ) {
        switch format {
        case .ndjson:
            let ids = communityIDs(of: event)
            var text = page.text(names)
            text.append(event, ids, sequence: sequence, names: names)
            text.append(UInt8(ascii: "\n"))
            page.flush(text.end, into: &buffer)
        case .json:
            buffer.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
            isFirst = false
            let ids = communityIDs(of: event)
            var text = page.text(names)
            text.append(event, ids, sequence: sequence, names: names)
            page.flush(text.end, into: &buffer)
        case .csv:
            swap(&csv.bytes, &buffer)
            csv.append(event, communityIDs(of: event), sequence: sequence, names: names)
            swap(&csv.bytes, &buffer)
        case .compact:
            compact.append(event, names: names, to: &buffer)
        }
    }

    private mutating func communityIDs(of event: borrowing SessionEvent) -> CommunityIDTexts {
        switch event.kind {
        case .start, .update, .denied, .end:
            communityIDs.texts(
                of: event.session.record.original, reply: event.session.record.reply,
                facts: event.session.record.facts)
        case .loss, .resyncBegan, .resync, .shed: CommunityIDTexts()
        }
    }

    /// Writes what comes after the last event.
    public mutating func end(into buffer: inout [UInt8]) {
        if format == .json { buffer.append(contentsOf: "\n]\n".utf8) }
    }
}
