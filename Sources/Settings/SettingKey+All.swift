extension SettingKey {
    /// All of them, in the order of the file.
    public static let all: [SettingKey] =
        [user] + ofSources + ofTable + ofTotals + ofEvents + ofSocket + ofLimits + ofLog

    public static let user = SettingKey(
        nil, "user", option: "user", \.user, SettingFormat<String>.account("user").or("root", "staying root"),
        "The user that nfmon becomes when it is started as root.",
        remark:
            "It keeps the capabilities that reading the kernel takes, and drops all others. Where it is not started as root it stays who it is."
    )

    private static let ofSources = [conntrack, conntrackBuffer, reliable, nflog, groups, nflogBuffer, namespace]
    private static let ofTable = [tableSessions, tablePacketSessions, tableDeniedSessions, packetIdle]
    private static let ofTotals = [totalsInterval, totalsProcessorShare]
    private static let ofEvents = [eventsHistory, eventsHeartbeat]
    private static let ofSocket = [socketPath, socketMode, socketGroup, listen]
    private static let ofLimits = [connections, eventReaders, headerSize, idle, stall]
    private static let ofLog = [logLevel, logFormat]
}
