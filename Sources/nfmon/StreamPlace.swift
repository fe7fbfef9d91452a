import ArgumentParser

/// A place in the monitor's event stream as an option: the number of an event, in front of it the stream's name and a colon.
struct StreamPlace {
    var epoch: String?
    var sequence: UInt64

    /// - Throws: where the text is no such place.
    init(parsing argument: String) throws {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard let number = parts.last.flatMap({ UInt64($0) }), number <= Int.max, 1...2 ~= parts.count,
            parts.count == 1 || !parts[0].isEmpty && parts[0].allSatisfy(\.isHexDigit)
        else {
            throw ValidationError(
                "give the number of an event, or the stream's name and the number: 5f3a…:1234, as nfmon events told it."
            )
        }
        sequence = number
        epoch = parts.count == 2 ? String(parts[0]) : nil
    }

    /// As the monitor is asked for it.
    var query: [(String, String)] { [("after", "\(sequence)")] + (epoch.map { [("epoch", $0)] } ?? []) }
}
