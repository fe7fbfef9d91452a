/// What was answered: the document that the monitor gives every client, read.
public struct ScreenAnswer: Sendable {
    /// Sessions, or groups.
    public var rows: [JSONValue]
    /// The columns that the groups are by; none where these are sessions.
    public var groupColumns: [String]
    public var summary: AnswerSummary

    /// - Parameter document: what `/v1/sessions?format=json` answers.
    public init(document: [UInt8]) throws(JSONFault) {
        let value = try JSONReader.value(of: document)
        guard let summary = value["summary"], value["sessions"] != nil || value["groups"] != nil else {
            throw JSONFault(offset: 0)
        }
        rows = (value["groups"] ?? value["sessions"])?.elements ?? []
        groupColumns = value["groups"] == nil ? [] : summary["by"]?.elements.compactMap(\.string) ?? []
        self.summary = AnswerSummary(summary)
    }

    /// What tells a row from the others, in this answer and the next.
    func id(of row: JSONValue) -> String {
        groupColumns.isEmpty ? SessionRow(value: row).id : GroupRow(value: row).id(groupColumns)
    }
}
