import Testing

/// Where memory may be touched without the compiler's word, and what may never end the process.
struct SafetyTests {
    /// Ingest makes every system call; ByteReader loads from checked places.
    private static func mayBeUnsafe(_ file: SourceFile) -> Bool {
        file.module == "Ingest" || file.path == "Wire/ByteReader.swift"
    }

    @Test
    func unsafeCodeIsOnlyWhereItMayBe() {
        for file in SourceFile.all where !Self.mayBeUnsafe(file) { #expect(!file.mentions("unsafe"), "\(file.path)") }
    }

    @Test
    func unsafeCodeSaysInItsFunctionWhyItIsSafe() {
        for file in SourceFile.all {
            for place in file.places(of: "unsafe") {
                let function = file.lines[file.function(around: place)]
                #expect(function.contains { $0.contains("// SAFETY:") }, "\(file.path):\(place + 1)")
            }
        }
    }

    @Test
    func theCLibraryAndTheCModulesAreOnlyWhereTheyMayBe() {
        for file in SourceFile.all where !Self.mayBeUnsafe(file) {
            #expect(Set(file.imports).isDisjoint(with: ["Glibc", "CNetfilter", "CLinux", "CYAML"]), "\(file.path)")
        }
    }

    @Test(arguments: ["try!", "as!", "fatalError"])
    func nothingEndsTheProcessOnPurpose(_ word: String) {
        for file in SourceFile.all { #expect(!file.mentions(word), "\(file.path)") }
    }
}
