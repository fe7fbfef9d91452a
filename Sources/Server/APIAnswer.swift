/// A whole answer, ready to be sent.
struct APIAnswer: Sendable {
    var status = 200
    var contentType: String
    /// What the format has no place for, a line each.
    var summary: [String] = []
    /// How the monitor's sources are, in a word, where that is what was asked.
    var sources: String?
    var body: [UInt8]
    /// Bytes for which room was taken before it was made.
    var expectedSize = 0
}
