import ArgumentParser
import Settings
import Testing

@testable import nfmon

struct SettingsOptionsTests {
    /// No test may read the settings of the host that it runs on.
    private func settings(_ words: String...) throws -> MonitorSettings {
        try SettingsOptions.parse(["--config", "/dev/null"] + words).settings()
    }

    @Test(arguments: SettingKey.all.map(\.path))
    func everyKeyIsAnOption(_ path: String) throws {
        let key = try #require(SettingKey.all.first { $0.path == path })
        if key.isFlag {
            // The value that is not the default, so that it shows.
            let isOn = key.defaultText == "no"
            let changed = try settings(isOn ? "--\(key.option)" : "--no-\(key.option)")
            #expect(key.texts(of: changed) == [isOn ? "yes" : "no"])
        } else {
            let value = try #require(Self.examples[path], "a value of \(path) that is not its default")
            let changed = try settings("--\(key.option)", value)
            #expect(key.texts(of: changed) == [value])
            #expect(changed != MonitorSettings())
        }
    }

    private static let examples = [
        "user": "root", "sources.conntrack-buffer": "1M", "sources.groups": "7", "sources.nflog-buffer": "2M",
        "sources.netns": "fw", "table.sessions": "1", "table.packet-sessions": "2", "table.denied-sessions": "3",
        "table.packet-idle": "1m", "totals.interval": "3s", "totals.processor-share": "7%", "events.history": "1M",
        "events.heartbeat": "2s", "socket.path": "/tmp/x", "socket.mode": "0600", "socket.group": "adm",
        "socket.listen": "127.0.0.1:1", "limits.connections": "1", "limits.event-readers": "2",
        "limits.header-size": "2K", "limits.idle": "1s", "limits.stall": "2s", "log.level": "debug",
        "log.format": "json",
    ]

    @Test
    func groupsAddUp() throws {
        #expect(try settings("--group", "5", "--group", "6", "--group", "5").sources.groups == [5, 6])
    }

    @Test
    func aWrongValueIsRefusedWithWhatWouldBeRight() {
        let error = #expect(throws: (any Error).self) { try SettingsOptions.parse(["--socket-mode", "rw"]) }
        let message = error.map { SettingsOptions.message(for: $0) } ?? ""
        #expect(message.contains("give permission bits in octal digits, such as 0660."))
    }

    @Test(arguments: [
        ["--no-conntrack", "--no-nflog"], ["--no-nflog", "--group", "5"], ["--no-nflog", "--nflog-buffer", "1M"],
        ["--no-conntrack", "--conntrack-buffer", "1M"], ["--no-conntrack", "--reliable"],
    ])
    func optionsThatContradictEachOtherAreRefused(_ words: [String]) throws {
        let options = try SettingsOptions.parse(["--config", "/dev/null"] + words)
        #expect(throws: ValidationError.self) { try options.settings() }
    }

    @Test
    func aFileThatWasNamedMustBeThere() throws {
        let options = try SettingsOptions.parse(["--config", "/nonexistent/nfmon.yaml"])
        let error = #expect(throws: SettingsError.self) { try options.settings() }
        #expect(error?.lines.first?.contains("there is no such file") == true)
    }
}
