/// Where a monitor answers.
public struct MonitorAddress: Equatable, Sendable {
    /// The path of its socket.
    public var path: String
    /// The group that may ask, where that is known: errors name it.
    public var group: String?

    public init(path: String, group: String? = nil) {
        self.path = path
        self.group = group
    }
}
