extension SettingKey {
    private static let sessionCount = SettingFormat<Int>.number(1...67_108_864)

    public static let tableSessions = SettingKey(
        .table, "sessions", option: "table-sessions", \.table.maximumSessions, sessionCount,
        "The most sessions altogether.", remark: "Make it as great as net.netfilter.nf_conntrack_max.")

    public static let tablePacketSessions = SettingKey(
        .table, "packet-sessions", option: "table-packet-sessions", \.table.maximumPacketSessions, sessionCount,
        "The most sessions that only logged packets told of.")

    public static let tableDeniedSessions = SettingKey(
        .table, "denied-sessions", option: "table-denied-sessions", \.table.maximumDeniedSessions, sessionCount,
        "The most sessions of denied attempts.")

    public static let packetIdle = SettingKey(
        .table, "packet-idle", option: "table-packet-idle", \.table.packetIdle,
        .duration(1_000_000_000...86_400_000_000_000),
        "After how long without a packet a session ends of which only logged packets told.")

    public static let totalsInterval = SettingKey(
        .totals, "interval", option: "totals-interval", \.totals.interval,
        .duration(100_000_000...86_400_000_000_000),
        "The least time between the beginnings of two readings of the kernel's table.",
        remark: "A great table is read less often, as the next key says.")

    public static let totalsProcessorShare = SettingKey(
        .totals, "processor-share", option: "totals-processor-share", \.totals.processorShare, .percent,
        "The most of one processor that these readings may take.")
}
