import ArgumentParser
import Ingest
import Settings

/// What can be set of `nfmon run`: the configuration file, and each of its keys as an option that wins over it.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read this configuration file. (default: \(SettingsFile.defaultPath), where it is there)", valueName: "path"
        ))
    var config: String?

    @Option(.user) var user: SettingChange?

    @Flag(.conntrack) var conntrack: Bool?
    @Option(.conntrackBuffer) var conntrackBuffer: SettingChange?
    @Flag(.reliable) var reliable: Bool?
    @Flag(.nflog) var nflog: Bool?
    @Option(.groups) var group: [SettingChange] = []
    @Option(.nflogBuffer) var nflogBuffer: SettingChange?
    @Option(.namespace) var netns: SettingChange?

    @Option(.tableSessions) var tableSessions: SettingChange?
    @Option(.tablePacketSessions) var tablePacketSessions: SettingChange?
    @Option(.tableDeniedSessions) var tableDeniedSessions: SettingChange?
    @Option(.packetIdle) var tablePacketIdle: SettingChange?

    @Option(.totalsInterval) var totalsInterval: SettingChange?
    @Option(.totalsProcessorShare) var totalsProcessorShare: SettingChange?

    @Option(.eventsHistory) var eventsHistory: SettingChange?
    @Option(.eventsHeartbeat) var eventsHeartbeat: SettingChange?

    @Option(.socketPath) var socket: SettingChange?
    @Option(.socketMode) var socketMode: SettingChange?
    @Option(.socketGroup) var socketGroup: SettingChange?
    @Option(.listen) var listen: SettingChange?

    @Option(.connections) var limitsConnections: SettingChange?
    @Option(.eventReaders) var limitsEventReaders: SettingChange?
    @Option(.headerSize) var limitsHeaderSize: SettingChange?
    @Option(.idle) var limitsIdle: SettingChange?
    @Option(.stall) var limitsStall: SettingChange?

    @Option(.logLevel) var logLevel: SettingChange?
    @Option(.logFormat) var logFormat: SettingChange?

    /// Where the file is read from.
    var path: String { config ?? SettingsFile.defaultPath }

    /// The settings that the file and the options make; read anew each time.
    ///
    /// - Throws: `SettingsError` with all that is wrong with the file, or `ValidationError` where options contradict each other.
    func settings() throws -> MonitorSettings {
        var settings = MonitorSettings()
        if let found = try SettingsFile.settings(at: path) {
            settings = found
        } else if config != nil {
            throw SettingsError(missing: path)
        }
        for change in changes { change.apply(to: &settings) }
        try refuseIdleOptions(settings.sources)
        return settings
    }

    /// What the options say, in the order of the keys.
    private var changes: [SettingChange] {
        let flags = [flag(.conntrack, conntrack), flag(.reliable, reliable), flag(.nflog, nflog)]
        let groups = group.isEmpty ? nil : SettingChange(.groups, group.flatMap(\.texts))
        let values = [
            user, conntrackBuffer, groups, nflogBuffer, netns, tableSessions, tablePacketSessions, tableDeniedSessions,
            tablePacketIdle, totalsInterval, totalsProcessorShare, eventsHistory, eventsHeartbeat, socket, socketMode,
            socketGroup, listen, limitsConnections, limitsEventReaders, limitsHeaderSize, limitsIdle, limitsStall,
            logLevel,
            logFormat,
        ]
        return (flags + values).compactMap(\.self)
    }

    private func flag(_ key: SettingKey, _ value: Bool?) -> SettingChange? {
        value.flatMap { SettingChange(key, [$0 ? "yes" : "no"]) }
    }

    /// Refuses options for what is not read, as whoever gives them counts on them. The file may have them all the same.
    private func refuseIdleOptions(_ sources: SourceSettings) throws {
        if !sources.readsConntrack, !sources.readsNFLog {
            throw ValidationError(
                "neither conntrack nor NFLOG is left to read: leave out --no-conntrack or --no-nflog.")
        }
        if !sources.readsNFLog {
            try IdleOption.refuse(
                [
                    IdleOption("--group", isGiven: !group.isEmpty),
                    IdleOption("--nflog-buffer", isGiven: nflogBuffer != nil),
                ],
                "NFLOG is not read: leave it out, or add --nflog.")
        }
        if !sources.readsConntrack {
            try IdleOption.refuse(
                [
                    IdleOption("--conntrack-buffer", isGiven: conntrackBuffer != nil),
                    IdleOption("--reliable", isGiven: reliable == true),
                ],
                "conntrack is not read: leave it out, or add --conntrack.")
        }
    }
}
