/// Why a request gets no answer, as the client is told it (RFC 9457).
struct Problem: Error, Equatable {
    var status: Int
    var title: String
    /// What was wrong and what would be right; may have several lines.
    var detail: String
    /// The methods that the path has, for status 405.
    var allowedMethods: [String] = []
    /// Whether the connection ends with it, as what follows on it is not read.
    var closes = false

    static let contentType = "application/problem+json"

    /// As JSON.
    var document: [UInt8] {
        let document: DocumentValue = [
            "type": "about:blank", "title": .text(title), "status": .number(status), "detail": .text(detail),
        ]
        return document.bytes
    }

    static func badRequest(_ detail: String) -> Problem {
        Problem(status: 400, title: "Bad Request", detail: detail)
    }

    static func forbidden(_ detail: String) -> Problem {
        Problem(status: 403, title: "Forbidden", detail: detail, closes: true)
    }

    static func notFound(_ path: String) -> Problem {
        let known = APIPath.allCases.map(\.rawValue).joined(separator: ", ")
        return Problem(status: 404, title: "Not Found", detail: "no such path: there are \(known)")
    }

    static func methodNotAllowed(_ allowed: [String]) -> Problem {
        Problem(
            status: 405, title: "Method Not Allowed",
            detail: "the monitor is only looked at: use \(allowed.joined(separator: " or "))", allowedMethods: allowed)
    }

    static func gone(_ detail: String) -> Problem { Problem(status: 410, title: "Gone", detail: detail) }

    static let bodyRefused = Problem(
        status: 413, title: "Content Too Large",
        detail: "a question is asked in the path and its query: send no body", closes: true)

    static func headersTooLarge(_ limit: Int) -> Problem {
        Problem(
            status: 431, title: "Request Header Fields Too Large",
            detail: "the header fields, or the path, have more than \(limit) bytes", closes: true)
    }

    static let malformed = Problem(
        status: 400, title: "Bad Request", detail: "this is no request of HTTP/1.1", closes: true)

    static func busy(_ detail: String) -> Problem {
        Problem(status: 503, title: "Service Unavailable", detail: detail)
    }
}
