import Settings
import Testing

@testable import Monitor

struct SourcePlanTests {
    @Test
    func everyGroupIsASourceAndConntrackIsTheLast() {
        var settings = MonitorSettings()
        settings.sources.groups = [100, 7]
        #expect(
            SourcePlan.all(for: settings).map(\.name) == ["links", "NFLOG group 100", "NFLOG group 7", "conntrack"])
        settings.sources.readsNFLog = false
        #expect(SourcePlan.all(for: settings).map(\.name) == ["links", "conntrack"])
        settings.sources.readsConntrack = false
        settings.sources.readsNFLog = true
        #expect(SourcePlan.all(for: settings).map(\.name) == ["links", "NFLOG group 100", "NFLOG group 7"])
    }

    @Test
    func onlyWhatASourceIsOpenedWithMakesAnotherPlan() {
        var settings = MonitorSettings()
        let before = SourcePlan.all(for: settings)
        settings.log.level = .debug
        settings.table.maximumSessions = 7
        #expect(SourcePlan.all(for: settings) == before)
        settings.sources.nflogBuffer = 1 << 20
        let after = SourcePlan.all(for: settings)
        #expect(zip(before, after).map { $0 == $1 } == [true, false, true])
    }

    @Test
    func whatCannotChangeWhileItRunsIsNamedAndKept() {
        var settings = MonitorSettings()
        var new = settings
        new.sources.groups = [5]
        new.sources.namespace = "fw"
        new.socket.path = "/tmp/other"
        new.log.level = .debug
        #expect(settings.takeOver(new).map(\.path).sorted() == ["socket.path", "sources.netns"])
        #expect(settings.sources.groups == [5])
        #expect(settings.log.level == .debug)
        #expect(settings.sources.namespace == nil)
        #expect(settings.socket == MonitorSettings().socket)
    }
}
