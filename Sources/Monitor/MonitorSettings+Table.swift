import Sessions
import Settings

extension SessionTable.Configuration {
    /// The table of a monitor.
    init(_ settings: MonitorSettings) {
        self.init()
        maximumSessions = settings.table.maximumSessions
        maximumPacketSessions = settings.table.maximumPacketSessions
        maximumDeniedSessions = settings.table.maximumDeniedSessions
        packetIdle = settings.table.packetIdle
        hasConntrack = settings.sources.readsConntrack
        hasNFLog = settings.sources.readsNFLog
    }
}
