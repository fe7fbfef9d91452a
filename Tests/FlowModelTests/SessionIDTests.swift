import FlowModel
import Testing

/// Identities go into recordings and other programs: they must not change from one release to the next.
struct SessionIDTests {
    private static let web = FlowKey(
        source: IPAddress(ipv4: 0x0a00_0007), destination: IPAddress(ipv4: 0xc633_6409), sourcePort: 51514,
        destinationPort: 443, transport: .tcp, family: .ipv4)
    private static let names = FlowKey(
        source: IPAddress(high: 0x2001_0db8_0000_0000, low: 7),
        destination: IPAddress(high: 0x2001_0db8_0001_0000, low: 0x53), sourcePort: 5353, destinationPort: 53,
        transport: .udp, family: .ipv6, zone: 9)

    @Test
    func theIdentityOfATrackedSessionIsPinned() {
        #expect(SessionID(conntrackID: 0xdead_beef, original: Self.web).rawValue == 0x4521_1924_3cb5_80cb)
        #expect(SessionID(conntrackID: 77, original: Self.names).rawValue == 0x38a0_06a2_4f14_6f05)
    }

    @Test
    func theIdentityOfAPacketsSessionIsPinned() {
        let time = Timestamp(nanoseconds: 1_767_607_872_131_415_926)
        #expect(SessionID(firstSeen: time, original: Self.web).rawValue == 0xe734_3ec0_bea6_f4de)
    }

    @Test
    func whateverTellsSessionsApartChangesTheIdentity() {
        var keys = [Self.web]
        for change in [
            { $0.source.low ^= 1 }, { $0.destination.low ^= 1 }, { $0.source.high ^= 1 }, { $0.destination.high ^= 1 },
            { $0.sourcePort ^= 1 }, { $0.destinationPort ^= 1 }, { $0.zone ^= 1 }, { $0.transport = .udp },
            { $0.family = .ipv6 }, { $0 = $0.inverse },
        ] as [(inout FlowKey) -> Void] {
            var key = Self.web
            change(&key)
            keys.append(key)
        }
        let identities = keys.flatMap { key in (0..<100).map { SessionID(conntrackID: $0, original: key) } }
        #expect(Set(identities).count == identities.count)
    }
}
