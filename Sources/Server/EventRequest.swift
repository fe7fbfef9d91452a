import FlowModel
import Monitor
import Query
import Reports

/// What a request asks of the event stream.
struct EventRequest: Sendable {
    let filter: SessionFilter?
    let format: EventFormat
    let place: EventPlace
    /// How many events at most.
    let count: Int
    /// Nanoseconds of silence after which a heartbeat is sent; `nil` is never.
    let heartbeat: UInt64?

    /// - Parameters:
    ///   - names: those that the stream's sources number.
    ///   - heartbeat: what is configured.
    init(_ query: RequestQuery, names: NameTable, heartbeat: UInt64) throws(Problem) {
        let text = try query[EventParameters.filter]
        do throws(FilterError) {
            filter = try text.map { text throws(FilterError) in try SessionFilter(parsing: text, names: names) }
        } catch { throw .badRequest(error.description) }
        format = try query[EventParameters.format] ?? .ndjson
        count = try query[EventParameters.count] ?? .max
        place = try Self.place(query)
        let silence = try query[EventParameters.heartbeat]
        if silence != nil, format != .ndjson {
            throw .badRequest("heartbeat: only format ndjson has a line for it: leave out either")
        }
        self.heartbeat =
            switch silence {
            case .endless: nil
            case .nanoseconds(let nanoseconds): nanoseconds
            case nil: format == .ndjson ? heartbeat : nil
            }
    }

    private static func place(_ query: RequestQuery) throws(Problem) -> EventPlace {
        let epoch = try query[EventParameters.epoch]
        let initial = try query[EventParameters.initial]
        if let after = try query[EventParameters.after] {
            if initial == true {
                throw .badRequest(
                    "initial: the sessions that are there are told at a beginning, not behind a number: leave out either"
                )
            }
            return .after(UInt64(after), epoch: epoch)
        }
        if epoch != nil { throw .badRequest("epoch: it says what the number of after belongs to: give after, too") }
        return initial == true ? .initial : .now
    }
}
