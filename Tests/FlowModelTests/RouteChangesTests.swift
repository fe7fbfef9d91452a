import FlowModel
import Testing

struct RouteChangesTests {
    @Test func whatChangesMeanwhileConcernsWhoGoesToItOrComesFromThere() {
        let near = IPPrefix(IPAddress(ipv4: 0xc000_0200), family: .ipv4, length: 24)
        let (inside, outside) = (IPAddress(ipv4: 0xc000_0207), IPAddress(ipv4: 0x0a00_0001))
        func question(_ source: IPAddress, _ destination: IPAddress) -> RouteQuestion {
            let tuple = FlowKey(
                source: source, destination: destination, sourcePort: 40000, destinationPort: 53, transport: .udp,
                family: .ipv4)
            return RouteQuestion(of: tuple, inInterface: 2)
        }
        let earlier = RouteChanges()
        var changes = earlier
        changes.note(near)
        #expect(changes.concern(question(outside, inside), since: earlier))
        #expect(changes.concern(question(inside, outside), since: earlier), "rp_filter asks for the way back")
        #expect(!changes.concern(question(outside, outside), since: earlier))
        #expect(!changes.concern(question(outside, inside), since: changes), "nothing came since")
        var others = changes
        others.note(IPPrefix(IPAddress(ipv4: 0xcb00_7100), family: .ipv4, length: 24))
        #expect(!others.concern(question(outside, inside), since: changes), "what was known before did not change")
        #expect(RouteChanges(concernsAll: true).concern(question(outside, outside), since: earlier))
    }
}
