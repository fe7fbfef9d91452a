import Reports

/// The media types of the formats.
enum ContentType {
    static let text = "text/plain; charset=utf-8"
    static let json = "application/json"
    static let ndjson = "application/x-ndjson"
    static let csv = "text/csv; charset=utf-8; header=present"
}

extension SessionFormat {
    var contentType: String {
        switch self {
        case .table, .compact: ContentType.text
        case .json: ContentType.json
        case .ndjson: ContentType.ndjson
        case .csv: ContentType.csv
        }
    }
}

extension EventFormat {
    var contentType: String {
        switch self {
        case .ndjson: ContentType.ndjson
        case .compact: ContentType.text
        case .csv: ContentType.csv
        case .json: ContentType.json
        }
    }
}
