import Settings
import Testing

struct SettingKeyTests {
    @Test
    func namesAndOptionsAreTheirOwn() {
        #expect(Set(SettingKey.all.map(\.path)).count == SettingKey.all.count)
        #expect(Set(SettingKey.all.map(\.option)).count == SettingKey.all.count)
    }

    @Test(arguments: SettingKey.all.map(\.path))
    func aDefaultIsWrittenAsItIsRead(_ path: String) throws {
        let key = try #require(SettingKey.all.first { $0.path == path })
        let change = SettingChange(key, key.texts(of: MonitorSettings()))
        var settings = MonitorSettings()
        try #require(change).apply(to: &settings)
        #expect(settings == MonitorSettings())
    }

    @Test
    func theDocumentedFileSaysTheDefaults() throws {
        let text = SettingsFile.documented
        #expect(try SettingsFile.settings(in: Array(text.utf8), path: "nfmon.yaml") == MonitorSettings())
        // With each key's line taken at its word.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            return rest.hasPrefix("#") && !rest.hasPrefix("# ") && rest != "#" ? indent + rest.dropFirst() : line
        }
        let spoken = lines.joined(separator: "\n")
        #expect(
            lines.count { !$0.contains("#") && $0.contains(":") } == SettingKey.all.count
                + SettingSection.allCases.count)
        #expect(try SettingsFile.settings(in: Array(spoken.utf8), path: "nfmon.yaml") == MonitorSettings())
    }

    @Test
    func sentencesEndInAFullStopAndExpectationsDoNot() {
        for key in SettingKey.all {
            #expect(key.summary.hasSuffix("."), "\(key.path)")
            #expect(key.remark.isEmpty || key.remark.hasSuffix("."), "\(key.path)")
            #expect(!key.expectation.hasSuffix("."), "\(key.path)")
        }
    }
}
