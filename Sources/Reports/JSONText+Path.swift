import FlowModel
import Query

// Where a session's packets come in and go out, who handed them over, and who owns them.

extension JSONText {
    /// Appends `observer`, closing what is open: the way of the first direction.
    mutating func appendObserver(of session: borrowing Session, _ names: borrowing NameBook) {
        let (ingress, egress) = (session.ingress, session.egress)
        let vlan = session.vlan
        guard ingress != 0 || egress != 0 || vlan != nil else { return }
        append(words.observer)
        if ingress != 0 || vlan != nil {
            append(words.ingress)
            if let vlan {
                field(words.vlan, UInt64(vlan))
                append(words.closeVLAN)
            }
            if ingress != 0 { appendInterface(ingress, names) }
            replaceLast(by: UInt8(ascii: "}"))
            append(UInt8(ascii: ","))
        }
        if egress != 0 {
            append(words.egress)
            appendInterface(egress, names)
            replaceLast(by: UInt8(ascii: "}"))
            append(UInt8(ascii: ","))
        }
        replaceLast(by: UInt8(ascii: "}"))
    }

    private mutating func appendInterface(_ interface: InterfaceIndex, _ names: borrowing NameBook) {
        field(words.interface, interface: interface, names)
        append(words.closeInterface)
    }

    /// Appends the address of who handed a side's packets to this host, as RFC 7042 writes it, after a member.
    mutating func append(sender: HardwareAddress) {
        guard !sender.isNone else { return }
        append(words.mac)
        for index in 0..<6 {
            append(digit: sender[index] >> 4)
            append(digit: sender[index] & 0xf)
            append(index < 5 ? UInt8(ascii: "-") : UInt8(ascii: "\""))
        }
    }

    /// Appends a hexadecimal digit in upper case.
    private mutating func append(digit value: UInt8) {
        append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10)
    }

    /// Appends `user`, closing what is open: the owner of this host's end.
    mutating func append(owner: SocketOwner) {
        append(words.user)
        append(decimal: UInt64(owner.userID))
        append(words.userGroup)
        append(decimal: UInt64(owner.groupID))
        append(words.closeUserGroup)
    }

    /// Appends what ECS has no place for: which interfaces are those of the answers, the answers' own, and a bridge's ports.
    mutating func appendWays(of session: borrowing Session, _ names: borrowing NameBook) {
        let (ingressIsMirrored, egressIsMirrored) = (session.ingressIsMirrored, session.egressIsMirrored)
        if ingressIsMirrored || egressIsMirrored {
            append(words.mirrored)
            if ingressIsMirrored { append(words.ingressWord) }
            if egressIsMirrored { append(words.egressWord) }
            replaceLast(by: UInt8(ascii: "]"))
        }
        guard let lane = session.nflog else { return }
        append(pair: words.physical, lane.originalPath.physicalIn, lane.originalPath.physicalOut, names)
        append(pair: words.reply, lane.replyPath.inInterface, lane.replyPath.outInterface, names)
        append(pair: words.replyPhysical, lane.replyPath.physicalIn, lane.replyPath.physicalOut, names)
    }

    /// Appends an object of two interfaces; nothing where both are unknown.
    private mutating func append(
        pair key: borrowing ShortText, _ ingress: InterfaceIndex, _ egress: InterfaceIndex, _ names: borrowing NameBook
    ) {
        guard ingress != 0 || egress != 0 else { return }
        append(key)
        if ingress != 0 {
            field(words.pairIngress, interface: ingress, names)
            append(UInt8(ascii: ","))
        }
        if egress != 0 {
            field(words.pairEgress, interface: egress, names)
            append(UInt8(ascii: ","))
        }
        replaceLast(by: UInt8(ascii: "}"))
    }
}
