import FlowModel
import Foundation
import Testing

@testable import Ingest

struct KernelSettingsTests {
    @Test func aBridgesSettingThatCannotBeReadIsNotCalledAbsent() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "nfmon-settings-\(UUID())")
        defer { try? FileManager.default.removeItem(at: directory) }
        #expect(KernelSettings.bridges(in: directory.path()) == [:], "nothing is mounted there")
        let bridge = directory.appending(path: "bridge")
        try FileManager.default.createDirectory(at: bridge, withIntermediateDirectories: true)
        #expect(KernelSettings.bridges(in: directory.path()) == [.ipv4: .isAbsent, .ipv6: .isAbsent])
        try Data("0\n".utf8).write(to: bridge.appending(path: "bridge-nf-call-iptables"))
        try Data("1\n".utf8).write(to: bridge.appending(path: "bridge-nf-call-ip6tables"))
        #expect(KernelSettings.bridges(in: directory.path()) == [.ipv4: .isOff, .ipv6: .isOn])
        // What nobody can read, root neither.
        let unreadable = bridge.appending(path: "bridge-nf-call-ip6tables")
        try FileManager.default.removeItem(at: unreadable)
        try FileManager.default.createDirectory(at: unreadable, withIntermediateDirectories: true)
        #expect(KernelSettings.bridges(in: directory.path()) == [.ipv4: .isOff])
    }
}
