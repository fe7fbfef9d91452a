import FlowModel

/// A connection that may exist on the scripted host: few of them, so that tuples come again, and of every kind that the
/// session table tells apart.
struct ModelFlow {
    static let count = 12

    let original: FlowKey
    let reply: FlowKey
    /// Whether accounting was on when the connection began.
    let isCounted: Bool

    init(_ number: Int) {
        let (web, names, ping) = (FlowKey.web, FlowKey.names, FlowKey.ping)
        switch number {
        case 0: self.init(web)
        case 1: self.init(web.from(port: 1025), reply: .webReply)
        case 2: self.init(web.over(.udp))
        case 3: self.init(names.over(.tcp))
        case 4: self.init(web.over(.udp).from(port: 1026), reply: FlowKey.webReply.over(.udp), isCounted: false)
        case 5:  // translated at both ends
            var reply = FlowKey.webReply
            (reply.source, reply.sourcePort, reply.destinationPort) = (IPAddress(ipv4: 0x0a00_0050), 8443, 40_002)
            self.init(web.from(port: 1027), reply: reply)
        case 6: self.init(web.from(port: 1028))
        case 7: self.init(web.from(port: 1028).inverse)  // what 6 would be if its other end had begun
        case 8: self.init(web.inZone(5))
        case 9: self.init(web.from(port: 1025).inZone(5), reply: FlowKey.webReply.inZone(5))
        case 10: self.init(ping)
        default: self.init(names, isCounted: false)
        }
    }

    private init(_ original: FlowKey, reply: FlowKey? = nil, isCounted: Bool = true) {
        self.original = original
        self.reply = reply ?? original.inverse
        self.isCounted = isCounted
    }

    /// The flow that cannot exist beside this one, as it has the same two ends.
    static func rival(of number: Int) -> Int? { number == 6 ? 7 : number == 7 ? 6 : nil }
}

extension FlowKey {
    fileprivate func from(port: UInt16) -> FlowKey {
        var key = self
        key.sourcePort = port
        return key
    }

    fileprivate func over(_ transport: TransportProtocol) -> FlowKey {
        var key = self
        key.transport = transport
        return key
    }

    fileprivate func inZone(_ zone: UInt16) -> FlowKey {
        var key = self
        key.zone = zone
        return key
    }
}
