import FlowModel
import Query

extension CSVText {
    /// Appends what is known of the session's way beside the two interfaces, and of this host's end.
    mutating func appendWays(of session: borrowing Session, _ names: NameBook) {
        interface(session.nflog?.replyPath.inInterface ?? 0, names)
        interface(session.nflog?.replyPath.outInterface ?? 0, names)
        switch (session.ingressIsMirrored, session.egressIsMirrored) {
        case (true, true): word("iif+oif")
        case (true, false): word("iif")
        case (false, true): word("oif")
        case (false, false): skip()
        }
        guard let lane = session.nflog else {
            skip(4)
            number(session.vlan.map(UInt64.init))
            return skip(2)
        }
        interface(lane.originalPath.physicalIn, names)
        interface(lane.originalPath.physicalOut, names)
        address(lane.originalPath.sender)
        address(lane.replyPath.sender)
        number(session.vlan.map(UInt64.init))
        number(lane.owner.map { UInt64($0.userID) })
        number(lane.owner.map { UInt64($0.groupID) })
    }

    mutating func interface(_ index: InterfaceIndex, _ names: NameBook) {
        text(index == 0 ? [] : names.interface(index))
    }

    private mutating func address(_ address: HardwareAddress) {
        separate()
        guard !address.isNone else { return }
        for index in 0..<6 {
            if index > 0 { bytes.append(UInt8(ascii: ":")) }
            bytes.appendHexadecimal(UInt64(address[index]), width: 2)
        }
    }
}
