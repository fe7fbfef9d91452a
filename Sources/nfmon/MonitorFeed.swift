import Client
import FlowModel
import Screen

/// What a running monitor answers a screen with.
struct MonitorFeed: ScreenFeed {
    /// Nanoseconds after which a monitor that does not answer is told of; it is asked again.
    private static let patience: UInt64 = 10_000_000_000

    let client: MonitorClient

    var origin: String { "monitor on \(client.address.path)" }

    func document(for question: ScreenQuestion) throws(ScreenFault) -> [UInt8] {
        var query = [("format", "json"), ("sort", question.sort ?? "rate"), ("limit", "\(question.limit)")]
        if !question.filter.isEmpty { query.append(("filter", question.filter)) }
        if let by = question.by { query.append(("by", by)) }
        if let having = question.having { query.append(("having", having)) }
        do throws(ClientError) {
            return try client.get("/v1/sessions", query, timeout: Self.patience).body
        } catch { throw ScreenFault(error.description) }
    }
}
