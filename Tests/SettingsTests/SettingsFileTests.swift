import Settings
import Testing

struct SettingsFileTests {
    private func settings(_ text: String) throws -> MonitorSettings {
        try SettingsFile.settings(in: Array(text.utf8), path: "nfmon.yaml")
    }

    @Test
    func everyKeyIsTaken() throws {
        let settings = try settings(
            """
            user: root
            sources:
              conntrack: off
              conntrack-buffer: 128M
              reliable: true
              nflog: yes
              groups: [5, 100, 5]
              nflog-buffer: auto
              netns: fw
            table:
              sessions: 1000
              packet-sessions: 10
              denied-sessions: 20
              packet-idle: 1m30s
            totals: {interval: 500ms, processor-share: 2.5%}
            events:
              history: 1G
              heartbeat: 5s
            socket:
              path: /tmp/x.sock
              mode: 0600
              group: none
              listen: "[::1]:9465"
            limits:
              connections: 8
              event-readers: 4
              header-size: 8K
              idle: 5s
              stall: 1m
            log:
              level: error
              format: json
            """)
        var expected = MonitorSettings()
        expected.user = nil
        expected.sources.readsConntrack = false
        expected.sources.conntrackBuffer = 128 << 20
        expected.sources.isReliable = true
        expected.sources.groups = [5, 100]
        expected.sources.namespace = "fw"
        expected.table.maximumSessions = 1000
        expected.table.maximumPacketSessions = 10
        expected.table.maximumDeniedSessions = 20
        expected.table.packetIdle = 90_000_000_000
        expected.totals.interval = 500_000_000
        expected.totals.processorShare = 2.5
        expected.events.history = 1 << 30
        expected.events.heartbeat = 5_000_000_000
        expected.socket.path = "/tmp/x.sock"
        expected.socket.mode = 0o600
        expected.socket.group = nil
        expected.socket.listen = "[::1]:9465"
        expected.limits.connections = 8
        expected.limits.eventReaders = 4
        expected.limits.headerSize = 8 << 10
        expected.limits.idle = 5_000_000_000
        expected.limits.stall = 60_000_000_000
        expected.log.level = .error
        expected.log.format = .json
        #expect(settings == expected)
    }

    @Test(arguments: ["", "# nothing but a comment\n", "---\n", "sources:\nlog:\n", "\u{feff}user: nfmon\n"])
    func aFileThatSaysNothingLeavesTheDefaults(_ text: String) throws {
        #expect(try settings(text) == MonitorSettings())
    }

    @Test
    func aSingleGroupNeedsNoList() throws {
        #expect(try settings("sources:\n  groups: 7\n").sources.groups == [7])
    }

    @Test(arguments: BrokenFile.unreadable + BrokenFile.wrong)
    func aMistakeIsToldWithItsPlaceAndWhatToWrite(_ file: BrokenFile) {
        let error = #expect(throws: SettingsError.self) { try settings(file.text) }
        #expect(error?.lines == file.complaints.map { "nfmon.yaml:\($0)" })
    }

    @Test
    func textThatIsNotUTF8IsToldWithItsPlace() {
        let error = #expect(throws: SettingsError.self) {
            try SettingsFile.settings(in: Array("user: nfmon\nlog:\n  # caf".utf8) + [0xe9, 0x0a], path: "nfmon.yaml")
        }
        #expect(error?.lines.first?.hasPrefix("nfmon.yaml:3:8: this is not text in UTF-8") == true)
    }

    @Test
    func aFileFullOfMistakesDoesNotFillTheScreen() {
        let text = (0..<1000).map { "key\($0): x\n" }.joined()
        let error = #expect(throws: SettingsError.self) { try settings(text) }
        #expect(error?.lines.count == 51)
        #expect(error?.lines.last == "nfmon.yaml: 950 more faults are not shown")
    }

    @Test
    func noBytesOfAFileEndTheProcess() {
        var generator = SeededGenerator(seed: 5)
        let sample = Array(SettingsFile.documented.replacing("#", with: "").utf8)
        for _ in 0..<2000 {
            var text = sample
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: text[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: text.remove(at: place)
                default: text.insert("[]{}:&*!|>\"'\t\n#-? ".utf8.randomElement(using: &generator) ?? 0, at: place)
                }
            }
            _ = try? SettingsFile.settings(in: text, path: "nfmon.yaml")
        }
    }

    @Test
    func aFileThatIsNotThereIsNoMistake() throws {
        #expect(try SettingsFile.settings(at: "/nonexistent/nfmon.yaml") == nil)
    }

    @Test(arguments: ["/dev/zero", "/"])
    func whatIsNoFileOfSettingsIsRefused(_ path: String) {
        let error = #expect(throws: SettingsError.self) { try SettingsFile.settings(at: path) }
        #expect(error?.lines.first?.hasPrefix("read the settings in \(path): ") == true)
    }
}
