/// How full conntrack's table is. Its limit is one number for all network namespaces, and each may have that many entries.
public struct TableFill: Sendable {
    public var count: Int
    public var limit: Int
    /// Where the limit can be changed from.
    public var limitPlace: SettingPlace

    public init(count: Int, limit: Int, limitPlace: SettingPlace) {
        self.count = count
        self.limit = limit
        self.limitPlace = limitPlace
    }
}
