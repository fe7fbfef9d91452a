import FoundationEssentials

/// A Swift file under `Sources`, as text.
struct SourceFile: Sendable {
    /// Its path below `Sources`, for example `Wire/ByteReader.swift`.
    var path: String
    /// Its lines without comments.
    var code: [String]

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
    func mentions(_ word: String) -> Bool {
        code.contains { line in
            line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "!") }.contains { $0 == word }
        }
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
            return SourceFile(path: path, code: lines.map { withoutComment(String($0)) })
        }
    }()

    private static func withoutComment(_ line: String) -> String {
        guard let slash = line.firstRange(of: "//") else { return line }
        return String(line[..<slash.lowerBound])
    }
}
