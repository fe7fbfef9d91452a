public import FlowModel

// What a packet says about where it is going, and whose it is.

extension NFLogMessage {
    /// The interfaces, the sender and the VLAN.
    public var path: PacketPath {
        var path = PacketPath()
        path.inInterface = inInterface
        path.outInterface = outInterface
        path.physicalIn = physicalInInterface
        path.physicalOut = physicalOutInterface
        path.sender = HardwareAddress(hardwareAddress)
        path.vlan = vlan.map { $0.control & 0x0fff }
        return path
    }

    /// The owner of the sending socket; the kernel tells both numbers or none (nfnetlink_log.c).
    public var owner: SocketOwner? {
        guard let userID, let groupID else { return nil }
        return SocketOwner(userID: userID, groupID: groupID)
    }

    /// Which way of its conntrack entry the packet goes: established and related packets are numbered anew from 3
    /// (`IP_CT_IS_REPLY`) for the answers (nf_conntrack_common.h).
    public var direction: FlowDirection? {
        conntrackInfo.flatMap { $0 < 3 ? .original : $0 < 5 ? .reply : nil }
    }
}
