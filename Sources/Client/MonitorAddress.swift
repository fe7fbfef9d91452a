/// Where a monitor answers.
public struct MonitorAddress: Equatable, Sendable {
    /// The path of its socket.
    public var path: String

    public init(path: String) { self.path = path }
}
