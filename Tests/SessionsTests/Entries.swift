import FlowModel

// Conntrack entries as the kernel tells of them.

extension IPAddress {
    static let client = IPAddress(ipv4: 0x0a00_0007)  // 10.0.0.7
    static let firewall = IPAddress(ipv4: 0xc000_0201)  // 192.0.2.1
    static let server = IPAddress(ipv4: 0xc633_6409)  // 198.51.100.9
    static let inner = IPAddress(ipv4: 0x0a00_0050)  // 10.0.0.80
}

extension FlowKey {
    static func tcp(_ source: IPAddress, _ sourcePort: UInt16, _ destination: IPAddress, _ destinationPort: UInt16)
        -> FlowKey
    {
        FlowKey(
            source: source, destination: destination, sourcePort: sourcePort, destinationPort: destinationPort,
            transport: .tcp, family: .ipv4)
    }

    static let web = tcp(.client, 51514, .server, 443)

    func inZone(_ zone: UInt16) -> FlowKey {
        var key = self
        key.zone = zone
        return key
    }
}

extension ConntrackEntry {
    /// An entry as NEW and UPDATE carry it: no counters, no start.
    static func entry(
        _ id: UInt32, _ original: FlowKey = .web, reply: FlowKey? = nil,
        _ change: (inout ConntrackEntry) -> Void = { _ in }
    ) -> ConntrackEntry {
        var entry = ConntrackEntry(original: original, reply: reply ?? original.inverse)
        entry.id = id
        entry.status = [.confirmed]
        change(&entry)
        return entry
    }

    /// The same entry with what DESTROY and dumps add.
    func counting(_ original: Counters, _ reply: Counters = Counters()) -> ConntrackEntry {
        var entry = self
        entry.originalCounters = original
        entry.replyCounters = reply
        return entry
    }
}
