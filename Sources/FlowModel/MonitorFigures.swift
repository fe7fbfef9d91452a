/// Everything that a monitor's metrics tell, as it was at one moment.
public struct MonitorFigures: Sendable {
    public var status: MonitorStatus
    public var table: TableFigures
    public var census: SessionCensus
    /// How full the kernel's own table is; `nil` where it does not say.
    public var fill: TableFill?
    public var names: NameBook

    public init(
        status: MonitorStatus, table: TableFigures, census: SessionCensus, fill: TableFill?, names: NameBook
    ) {
        self.status = status
        self.table = table
        self.census = census
        self.fill = fill
        self.names = names
    }
}
