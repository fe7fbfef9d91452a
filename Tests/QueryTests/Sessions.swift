import FlowModel

extension Session {
    /// A TCP session of 10.0.0.7:51514 with 198.51.100.9:443 as conntrack tells of it.
    static func tcp(_ change: (inout Session) -> Void = { _ in }) -> Session {
        let original = FlowKey(
            source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 51514,
            destinationPort: 443, transport: .tcp, family: .ipv4)
        return session(original, change)
    }

    /// A DNS query over IPv6 from 2001:db8::7 to 2001:db8::53.
    static func dns(_ change: (inout Session) -> Void = { _ in }) -> Session {
        let original = FlowKey(
            source: IPAddress(high: 0x2001_0db8_0000_0000, low: 7),
            destination: IPAddress(high: 0x2001_0db8_0000_0000, low: 0x53), sourcePort: 5353, destinationPort: 53,
            transport: .udp, family: .ipv6)
        return session(original, change)
    }

    /// An echo request, which has no ports.
    static func ping() -> Session {
        let original = FlowKey(
            source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0x0808_0808), sourcePort: 53,
            destinationPort: 8 << 8, transport: .icmp, family: .ipv4)
        return session(original) { _ in }
    }

    private static func session(_ original: FlowKey, _ change: (inout Session) -> Void) -> Session {
        let time = Timestamp(seconds: 1_767_607_200, nanoseconds: 0)
        var record = SessionRecord(
            id: SessionID(rawValue: 1), original: original, reply: original.inverse, start: time, lastSeen: time)
        record.facts = [.live, .conntrack, .start]
        var session = Session(record: record, nflog: nil)
        change(&session)
        return session
    }
}
