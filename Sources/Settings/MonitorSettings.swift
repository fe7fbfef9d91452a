/// Everything that can be set of `nfmon run`: what the configuration file and the options say, or else the defaults.
public struct MonitorSettings: Equatable, Sendable {
    public var sources = SourceSettings()
    public var table = TableSettings()
    public var totals = TotalsSettings()
    public var events = EventSettings()
    public var socket = SocketSettings()
    public var limits = ServerLimits()
    public var log = LogSettings()
    /// The user that the monitor becomes if it was started as root; `nil` stays root.
    public var user: String? = "nfmon"

    public init() {}
}
