public import FlowModel

/// The kernel's answer to a request: NLMSG_ERROR, or the code within NLMSG_DONE.
public struct NetlinkAnswer: Sendable {
    /// The error number, positive; 0 is an acknowledgement.
    public var errorNumber: Int32
    /// The kernel's own sentence (extended acknowledgement), where it gave one.
    public var text: String?

    /// Reads an NLMSG_ERROR message: a code, the refused request's header (or with `NLM_F_CAPPED` absent, all of it),
    /// then, with `NLM_F_ACK_TLVS`, attributes of which number 1 is the text (linux/netlink.h).
    public init(error message: borrowing NetlinkMessage) throws(WireFault) {
        guard let code = message.body.native(Int32.self, at: 0) else { throw .familyHeader }
        errorNumber = code == .min ? .max : abs(code)
        guard message.flags & 0x200 != 0, let echoed = message.body.native(UInt32.self, at: 4) else { return }
        let isCapped = message.flags & 0x100 != 0
        let echoedSize = isCapped ? NetlinkMessage.headerSize : (Int(echoed) + 3) & ~3
        try readText(message.body.slice(from: 4 + echoedSize))
    }

    /// Reads an NLMSG_DONE message, whose code is negative where a dump failed in its middle.
    public init(done message: borrowing NetlinkMessage) throws(WireFault) {
        let code = message.body.native(Int32.self, at: 0) ?? 0
        errorNumber = code == .min ? .max : abs(min(code, 0))
        if message.flags & 0x200 != 0 { try readText(message.body.slice(from: 4)) }
    }

    private mutating func readText(_ bytes: ByteReader) throws(WireFault) {
        var attributes = NetlinkAttributes(bytes)
        while try attributes.next() {
            guard attributes.type == 1 else { continue }
            text = String(decoding: [UInt8](copying: attributes.payload.text), as: UTF8.self)
        }
    }
}
