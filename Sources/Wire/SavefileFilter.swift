/// What a savefile says of the filter with which it was captured (if_filter).
public enum SavefileFilter: Sendable, Hashable {
    /// An expression in tcpdump's language.
    case expression(String)
    /// A program, or what else nobody can read.
    case program

    /// Reads `kind (1), filter`: kind 0 is a text.
    ///
    /// - Returns: `nil` where it is empty, which leaves nothing out.
    init?(_ option: ByteReader) {
        guard let kind = option.uint8(at: 0) else { return nil }
        guard kind == 0 else {
            self = .program
            return
        }
        let expression = option.slice(from: 1)
        var bytes: [UInt8] = []
        bytes.append(expression.slice(from: 0, to: expression.text.count).bytes)
        guard !bytes.isEmpty else { return nil }
        self = .expression(String(decoding: bytes, as: UTF8.self))
    }
}
