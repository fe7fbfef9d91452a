extension SettingKey {
    public static let eventsHistory = SettingKey(
        .events, "history", option: "events-history", \.events.history, .bytes(64 << 10...64 << 30),
        "Memory for events that have been told.",
        remark: "A reader that comes back, or falls behind, finds them there; beyond it loses, and is told how many.")

    public static let eventsHeartbeat = SettingKey(
        .events, "heartbeat", option: "events-heartbeat", \.events.heartbeat,
        .duration(1_000_000_000...3_600_000_000_000),
        "After how long without an event a reader is sent a heartbeat.")

    public static let socketPath = SettingKey(
        .socket, "path", option: "socket", \.socket.path, .socketPath,
        "The path of the socket.", remark: "The other commands have the same option, to find it.")

    public static let socketMode = SettingKey(
        .socket, "mode", option: "socket-mode", \.socket.mode, .mode,
        "The socket's permission bits.", remark: "Who may write to it may ask for everything that nfmon knows.")

    public static let socketGroup = SettingKey(
        .socket, "group", option: "socket-group", \.socket.group,
        SettingFormat<String>.account("group").or("none", "the process's own"),
        "The group that owns the socket.")

    public static let listen = SettingKey(
        .socket, "listen", option: "listen", \.socket.listen, SettingFormat<String>.tcpAddress.or("none", "no port"),
        "A TCP port that answers, too.",
        remark:
            "Whoever reaches it may ask for everything that nfmon knows: nothing is encrypted, and nobody is asked who he is."
    )

    public static let connections = SettingKey(
        .limits, "connections", option: "limits-connections", \.limits.connections, .number(1...65_536),
        "The most connections at the same time.")

    public static let eventReaders = SettingKey(
        .limits, "event-readers", option: "limits-event-readers", \.limits.eventReaders, .number(1...65_536),
        "The most readers of the event stream at the same time.")

    public static let headerSize = SettingKey(
        .limits, "header-size", option: "limits-header-size", \.limits.headerSize, .bytes(1 << 10...1 << 20),
        "The most bytes of a request's header.")

    public static let idle = SettingKey(
        .limits, "idle", option: "limits-idle", \.limits.idle, .duration(1_000_000_000...86_400_000_000_000),
        "The time in which a request must have come whole, and after which an idle connection is closed.")

    public static let stall = SettingKey(
        .limits, "stall", option: "limits-stall", \.limits.stall, .duration(1_000_000_000...604_800_000_000_000),
        "The time after which a reader that takes nothing is closed.")

    public static let logLevel = SettingKey(
        .log, "level", option: "log-level", \.log.level, .word, "What is worth saying.",
        remark: "Each level includes those behind it.")

    public static let logFormat = SettingKey(
        .log, "format", option: "log-format", \.log.format, .word,
        "How it is said: text for people, or a JSON object a line.")
}
