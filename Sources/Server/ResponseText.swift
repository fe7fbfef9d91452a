import HTTPTypes

/// An answer as HTTP sends it: the head's fields, the body's bytes.
struct ResponseText {
    var head: HTTPResponse
    var body: [UInt8]

    /// - Parameter version: the monitor's.
    init(_ answer: APIAnswer, version: String) {
        head = Self.head(version, answer.status, answer.contentType, length: answer.body.count, summary: answer.summary)
        if let sources = answer.sources, let name = HTTPField.Name("nfmon-sources") {
            head.headerFields[name] = sources
        }
        body = answer.body
    }

    /// - Parameter asText: whether the one who asks wants a sentence instead of a document.
    init(_ problem: Problem, version: String, asText: Bool) {
        body = asText ? Array("\(problem.detail)\n".utf8) : problem.document
        head = Self.head(
            version, problem.status, asText ? ContentType.text : Problem.contentType, length: body.count, summary: [])
        if !problem.allowedMethods.isEmpty {
            head.headerFields[.allow] = problem.allowedMethods.joined(separator: ", ")
        }
        if problem.status == 503 { head.headerFields[.retryAfter] = "1" }
        if problem.closes { head.headerFields[.connection] = "close" }
    }

    /// The head of a stream, whose length nobody knows. Nothing follows it on its connection.
    static func streamHead(_ contentType: String, version: String, epoch: String) -> HTTPResponse {
        var head = head(version, 200, contentType, length: nil, summary: [])
        head.headerFields[.connection] = "close"
        head.headerFields[.trailer] = endField
        if let name = HTTPField.Name("nfmon-epoch") { head.headerFields[name] = epoch }
        return head
    }

    /// The field behind a stream that says why it ends (RFC 9110, section 6.5).
    private static let endField = "nfmon-end"

    static func streamEnd(_ reason: String) -> HTTPFields {
        var fields = HTTPFields()
        if let name = HTTPField.Name(endField) { fields[name] = reason }
        return fields
    }

    private static func head(
        _ version: String, _ status: Int, _ contentType: String, length: Int?, summary: [String]
    ) -> HTTPResponse {
        var fields = HTTPFields()
        fields[.server] = "nfmon/\(version)"
        fields[.contentType] = contentType
        if let length { fields[.contentLength] = "\(length)" }
        fields[.cacheControl] = "no-store"
        fields[.vary] = "accept"
        fields[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("nfmon-summary") {
            for line in summary { fields.append(HTTPField(name: name, value: line)) }
        }
        return HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields)
    }
}
