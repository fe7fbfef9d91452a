/// Why a savefile cannot be read, or not to its end.
public enum SavefileFault: Error, Sendable, Equatable {
    case notASavefile
    /// There is nothing in it, not even the header that a file without records has.
    case empty
    case compressed(Compression)
    /// A pcapng file of another major version than 1.
    case version(UInt16)
    case linkType(UInt32)
    /// A record claims more bytes than any may have.
    case recordLength(UInt32)
    /// The lengths within a block of a pcapng file contradict each other.
    case block
    /// A record is of an interface that no block in front of it describes.
    case interface(UInt32)
    /// The file describes more than 65,536 interfaces.
    case interfaces
    /// The file ends within a record.
    case cut
}
