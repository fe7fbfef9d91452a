extension SettingKey {
    public static let conntrack = SettingKey(
        .sources, "conntrack", option: "conntrack", \.sources.readsConntrack, .flag,
        "Read conntrack: sessions, translation and exact totals.",
        remark: "Without it only what rules log is known.")

    public static let conntrackBuffer = SettingKey(
        .sources, "conntrack-buffer", option: "conntrack-buffer", \.sources.conntrackBuffer,
        SettingFormat<Int>.bytes(1...Int(Int32.max)).or("auto", "64M, which grows to 256M after overruns"),
        "Receive buffer for conntrack's events.",
        remark: "An event takes about 1.3 KB of it until it is read. A size that is given does not grow.")

    public static let reliable = SettingKey(
        .sources, "reliable", option: "reliable", \.sources.isReliable, .flag,
        "Have the kernel keep each session's end until nfmon has taken it.",
        remark: """
            Ends are then never lost to an overrun. While nfmon is held up, sessions that have ended fill the kernel's table, and \
            every other listener gets their ends again and again.
            """)

    public static let nflog = SettingKey(
        .sources, "nflog", option: "nflog", \.sources.readsNFLog, .flag,
        "Read NFLOG: interfaces, rules and denied packets.")

    public static let groups = SettingKey(
        .sources, "groups", option: "group", list: \.sources.groups, of: .number(0...UInt16.max),
        "The NFLOG groups to read.",
        remark: "A group has one reader: one that another process has is tried again and again.")

    public static let nflogBuffer = SettingKey(
        .sources, "nflog-buffer", option: "nflog-buffer", \.sources.nflogBuffer,
        SettingFormat<Int>.bytes(1...Int(Int32.max)).or("auto", "32M, which grows to 128M after overruns"),
        "Receive buffer for logged packets.", remark: "A size that is given does not grow.")

    public static let namespace = SettingKey(
        .sources, "netns", option: "netns", \.sources.namespace,
        SettingFormat<String>.namespace.or("none", "the one that nfmon is started in"),
        "The network namespace to look into.",
        remark: "Entering it takes CAP_SYS_ADMIN, which the monitor then keeps.")
}
