/// Who owns the socket that sent a packet of this host (`NFULA_UID`, `NFULA_GID`), by numbers.
public struct SocketOwner: Hashable, Sendable {
    public var userID: UInt32
    public var groupID: UInt32

    @inlinable
    public init(userID: UInt32, groupID: UInt32) {
        self.userID = userID
        self.groupID = groupID
    }
}
