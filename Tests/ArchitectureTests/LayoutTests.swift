import FoundationEssentials
import Testing

struct LayoutTests {
    /// Package.resolved is made by builds and not kept.
    private static let agreed: Set = [
        "Package.swift", "Package.resolved", "README.md", "Sources", "Tests", "Fixtures", "iptables",
    ]

    @Test
    func theTopOfTheRepositoryHoldsWhatWasAgreed() throws {
        let entries = try FileManager.default.contentsOfDirectory(atPath: SourceFile.root)
        #expect(Set(entries.filter { !$0.hasPrefix(".") }).subtracting(Self.agreed).isEmpty)
    }
}
