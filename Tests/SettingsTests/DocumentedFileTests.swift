import Foundation
import Settings
import Testing

struct DocumentedFileTests {
    /// The file that is installed. With `NFMON_UPDATE_GOLDEN=1` in the environment it is written instead.
    @Test
    func theInstalledFileIsMadeOfTheKeys() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let url = root.appending(path: "iptables/host/nfmon.yaml")
        if ProcessInfo.processInfo.environment["NFMON_UPDATE_GOLDEN"] == "1" {
            try Data(SettingsFile.documented.utf8).write(to: url)
        }
        #expect(try String(decoding: Data(contentsOf: url), as: UTF8.self) == SettingsFile.documented)
    }
}
