/// An interface that a savefile has records of; a classic file has one, without a name.
public struct SavefileInterface: Sendable, Equatable {
    /// In the order in which the file describes them, from 0, over all its sections.
    public var number: Int
    /// One of ``LinkType``, or another.
    public var linkType: UInt32
    /// As the system that captured called it; empty where the file does not say.
    public var name: [UInt8] = []
    /// What of its packets was captured; `nil` where the file does not say.
    public var filter: SavefileFilter?

    public init(number: Int, linkType: UInt32, name: [UInt8] = [], filter: SavefileFilter? = nil) {
        self.number = number
        self.linkType = linkType
        self.name = name
        self.filter = filter
    }
}
