import FoundationEssentials

/// A Swift file under `Sources`, as text.
struct SourceFile: Sendable {
    /// Its path below `Sources`, for example `Wire/ByteReader.swift`.
    var path: String
    /// Its lines as they are.
    var lines: [String]
    /// Its lines without comments.
    var code: [String]

    init(path: String, lines: [String]) {
        self.path = path
        self.lines = lines
        code = lines.map(Self.withoutComment)
    }

    /// The module, which is the first folder of the path.
    var module: String { String(path.prefix { $0 != "/" }) }

    /// The modules that it imports.
    var imports: [String] {
        code.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
            let modifiers: Set = [
                "public", "package", "internal", "private", "fileprivate", "@testable", "@preconcurrency",
            ]
            return modifiers.isSuperset(of: words[..<place]) ? words[place + 1] : nil
        }
    }

    /// Whether the word stands in the code by itself, and not as a part of a longer one.
    func mentions(_ word: String) -> Bool { code.contains { Self.words(of: $0).contains(word) } }

    /// The places of the lines whose code has the word.
    func places(of word: String) -> [Int] { code.indices.filter { Self.words(of: code[$0]).contains(word) } }

    /// The function, initialiser or computed property around a line, with the comment in front of it; a line that stands in
    /// none by itself. The formatter's indentation tells.
    func function(around place: Int) -> Range<Int> {
        let starts = code[...place].indices.reversed().filter { Self.isFunction(code[$0]) }
        let function = starts.lazy.map { $0..<end(ofFunctionAt: $0) }.first { $0.contains(place) }
        let start = function?.lowerBound ?? place
        let comment = lines[..<start].reversed().prefix { $0.drop { $0 == " " }.hasPrefix("//") }
        return start - comment.count..<(function?.upperBound ?? place + 1)
    }

    private func end(ofFunctionAt start: Int) -> Int {
        if code[start].hasSuffix("}") { return start + 1 }
        let end = code[start...].firstIndex { indent($0) == indent(code[start]) && $0.hasSuffix("}") }
        return (end ?? start) + 1
    }

    private func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }

    private static func isFunction(_ line: String) -> Bool {
        let words = words(of: line)
        return !Set(["func", "init", "deinit"]).isDisjoint(with: words.prefix(4))
            || words.prefix(3).contains("var") && line.hasSuffix("{")
    }

    private static func words(of line: String) -> [String] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "!") }.map(String.init)
    }
}

extension SourceFile {
    /// The repository's root.
    static let root: String = {
        // This file is Tests/ArchitectureTests/SourceFile.swift.
        #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    }()

    /// All Swift files under `Sources`.
    static let all: [SourceFile] = {
        let folder = root + "/Sources"
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let bytes = FileManager.default.contents(atPath: folder + "/" + path) ?? Data()
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            return SourceFile(path: path, lines: lines.map(String.init))
        }
    }()

    private static func withoutComment(_ line: String) -> String {
        guard let slash = line.firstRange(of: "//") else { return line }
        return String(line[..<slash.lowerBound])
    }
}
