import ArgumentParser
import Testing

@testable import nfmon

/// What is said of a capture's options, and taken.
struct CaptureOptionsTests {
    @Test func theHelpOfTheRingNamesItsLeastSize() {
        #expect(NFMon.helpMessage(for: SessionsCommand.self, columns: 400).contains("256K at least"))
        #expect(throws: (any Error).self) { try NFMon.parseAsRoot(["sessions", "-ilo", "--packet-buffer", "255K"]) }
        #expect(throws: Never.self) { try NFMon.parseAsRoot(["sessions", "-ilo", "--packet-buffer", "256K"]) }
    }
}
