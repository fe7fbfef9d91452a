/// An answer, read by nobody's library but the test's own.
struct RawResponse {
    struct Malformed: Error { var text: String }

    var status: Int
    var fields: [(name: String, value: String)]
    var body: String

    init(parsing bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let gap = text.firstRange(of: "\r\n\r\n") else { throw Malformed(text: text) }
        let lines = text[..<gap.lowerBound].split(separator: "\r\n")
        guard let first = lines.first?.split(separator: " "), first.count > 1, let status = Int(first[1]) else {
            throw Malformed(text: text)
        }
        self.status = status
        fields = lines.dropFirst().compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? (parts[0].lowercased(), String(parts[1].drop { $0 == " " })) : nil
        }
        let rest = text[gap.upperBound...]
        body = fields.contains { $0.name == "transfer-encoding" } ? Self.joined(rest) : String(rest)
    }

    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The chunks of a chunked body, put together.
    static func joined(_ text: Substring) -> String {
        var bytes = Array(text.utf8)[...]
        var body: [UInt8] = []
        while let end = bytes.firstIndex(of: UInt8(ascii: "\r")) {
            let size = Int(String(decoding: bytes[..<end], as: UTF8.self), radix: 16) ?? 0
            guard size > 0 else { break }
            body += bytes[(end + 2)...].prefix(size)
            bytes = bytes[(end + 2)...].dropFirst(size + 2)
        }
        return String(decoding: body, as: UTF8.self)
    }
}
