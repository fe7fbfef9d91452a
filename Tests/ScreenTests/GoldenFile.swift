import Foundation
import Testing

/// Compares a text with a file under `Golden`. With `NFMON_UPDATE_GOLDEN=1` in the environment it writes the file instead:
/// look at the difference before you commit it, as field names are a contract.
func expectGolden(_ text: [UInt8], _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden").appending(path: name)
    if ProcessInfo.processInfo.environment["NFMON_UPDATE_GOLDEN"] == "1" {
        try Data(text).write(to: url)
        return
    }
    let golden = try String(decoding: Data(contentsOf: url), as: UTF8.self)
    let got = String(decoding: text, as: UTF8.self)
    let pairs = zip(
        got.split(separator: "\n", omittingEmptySubsequences: false),
        golden.split(separator: "\n", omittingEmptySubsequences: false))
    for (index, (line, expected)) in pairs.enumerated() where line != expected {
        Issue.record("\(name):\(index + 1): wrote\n\(line)\nexpected\n\(expected)", sourceLocation: sourceLocation)
        return
    }
    #expect(got == golden, "\(name)", sourceLocation: sourceLocation)
}
