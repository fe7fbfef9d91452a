import FlowModel

/// Sessions as a firewall has them: half IPv4, half IPv6, and by choice some of them translated.
struct Population {
    /// Whose source is translated; every sixteenth of these has its destination translated as well.
    enum Translation: String {
        case none
        case third
        case all
    }

    var count: Int
    var translation: Translation

    /// The original tuple of the session with this number.
    func original(_ number: Int) -> FlowKey {
        let isIPv4 = number & 1 == 0
        // Spread, so that neighbours in number are none in memory or hash.
        let client = (UInt64(number) &* 0x9e37_79b9_7f4a_7c15) >> 40
        let server = UInt64(number % 4099)
        return FlowKey(
            source: isIPv4
                ? IPAddress(ipv4: 0x0a00_0000 | UInt32(client)) : IPAddress(high: 0x2001_0db8_0001_0000, low: client),
            destination: isIPv4
                ? IPAddress(ipv4: 0xc633_0000 | UInt32(server)) : IPAddress(high: 0x2001_0db8_0002_0000, low: server),
            sourcePort: UInt16(truncatingIfNeeded: 1024 + number), destinationPort: 443, transport: .tcp,
            family: isIPv4 ? .ipv4 : .ipv6)
    }

    private func isTranslated(_ number: Int) -> Bool {
        switch translation {
        case .none: false
        case .third: number % 3 == 0
        case .all: true
        }
    }

    /// What conntrack says of the session.
    func entry(_ number: Int) -> ConntrackEntry {
        let original = original(number)
        var reply = original.inverse
        if isTranslated(number) {
            reply.destination = IPAddress(high: original.source.high, low: original.source.low ^ 0x55_0000)
            reply.destinationPort = UInt16(truncatingIfNeeded: number &* 31)
            if number % 48 == 0 { reply.sourcePort = 8443 }
        }
        var entry = ConntrackEntry(original: original, reply: reply)
        entry.id = UInt32(number + 1)
        entry.status = [.confirmed, .seenReply, .assured]
        entry.timeout = 432_000
        entry.tcpState = TCPState(rawValue: 3)
        return entry
    }

    /// A row of a dump, with counters.
    func row(_ number: Int, round: UInt64) -> ConntrackEntry {
        var entry = entry(number)
        entry.mark = 0
        let size = ((UInt64(number) &* 0x9e37_79b9_7f4a_7c15) >> 44) &+ round
        entry.originalCounters = Counters(packetCount: size / 900 + 1, byteCount: size)
        entry.replyCounters = Counters(packetCount: size / 100 + 1, byteCount: size * 9)
        return entry
    }
}
