import Comparison
import FlowModel
import Testing
import Wire

/// What the host takes for itself, or its routing refuses, and which rules that leaves.
struct HostRuleTests {
    @Test func aFirewallThatLetsPassWhatItTranslatedIsSureOfTheRest() {
        // As firewalld has it.
        let rules = """
            ct state { established, related } accept
            ct status dnat accept
            iifname "lo" accept
            ct state invalid drop
            reject with icmpx admin-prohibited
            """
        let result = RulesetTrial.forward(rules)
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("reject with icmpx admin-prohibited means these packets; it has no counter"))
        let saved = RulesetTrial.saved(
            """
            *filter
            :FORWARD ACCEPT [0:0]
            [5:500] -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT
            [9:900] -A FORWARD -j REJECT
            COMMIT
            """)
        #expect(RulesetTrial.denied(saved).evidence.contains("-j REJECT means these packets"))
        // Where a rule may have translated them, nobody knows.
        let nat = "chain n {\ntype nat hook prerouting priority dstnat;\ntcp dport 443 dnat to 10.0.0.9\n}"
        #expect(RulesetTrial.forward(rules, others: nat).evidence.contains("may mean these packets"))
    }

    @Test func whatIsTranslatedIsAskedOfTheSession() {
        let rules = "ct status dnat counter packets 4 bytes 400 drop\nct status snat counter packets 4 bytes 400 drop"
        for isOfSource in [false, true] {
            let result = RulesetTrial.forward(rules) {
                ($0.tracked, $0.first, $0.second) = ((10, 8), (10, 8), (6, 8))
                $0.reply = $0.key.inverse
                if isOfSource {
                    $0.reply?.destination = IPAddress(ipv4: 0xc000_0201)
                } else {
                    $0.key.destination = IPAddress(ipv4: 0xc000_0201)
                }
            }
            #expect(result.reasons == [.droppedAfterConntrack: 4])
            #expect(result.evidence.contains(isOfSource ? "ct status snat" : "ct status dnat"))
            #expect(!result.evidence.contains(isOfSource ? "ct status dnat" : "ct status snat"))
            // The first packet's source is translated when it leaves only.
            #expect(result.sessions.flatMap(\.differences).allSatisfy { $0.isCertain == !isOfSource })
        }
        let unlike = RulesetTrial.forward("ct status ! snat counter packets 1 bytes 100 drop") {
            ($0.tracked, $0.first, $0.second) = ((10, 8), (10, 8), (9, 8))
            $0.reply = $0.key.inverse
            $0.reply?.destination = IPAddress(ipv4: 0xc000_0201)
        }
        #expect(unlike.evidence.contains("ct status ! snat counter drop may mean these packets"))
    }

    @Test(arguments: [SessionBuilder.client, SessionBuilder.server], [AddressFamily.ipv4, .ipv6])
    func packetsThatComeTheWayBackAreNotTakenForStrays(back: InterfaceIndex, ruled: AddressFamily) {
        let text = """
            table inet t {
            chain p {
            type filter hook prerouting priority filter; policy accept;
            fib saddr . iif oif missing drop
            }
            chain c {
            type filter hook forward priority filter; policy accept;
            reject
            }
            }
            """
        let result = RulesetTrial.denied(NFTRuleset(text).tables) { _ in
        } facts: {
            $0.routing = RoutingPolicy(ruledFamilies: [ruled])
            $0.route = { $0.inInterface == 0 ? .interface(back) : .interface(SessionBuilder.server) }
        }
        // Rules of routing that ask where packets come from may lead elsewhere.
        let isSure = back == SessionBuilder.client && ruled == .ipv6
        #expect(result.reasons == (isSure ? [.denied: 3] : [.unexplained: 3]))
        #expect(result.evidence.contains("reject means these packets") == isSure)
    }

    @Test(arguments: [true, false])
    func aGroupOfIPv6IsForTheHostWhereItListens(listens: Bool) {
        let group = IPAddress(high: 0xff02_0000_0000_0000, low: 0xfb)
        let text = "*filter\n:INPUT DROP [6:600]\n:FORWARD DROP [60:6000]\nCOMMIT\n"
        let tables = SavedRuleset(text, family: "ip6", command: "ip6tables-legacy", isLegacy: true).tables
        let result = RulesetTrial.denied(tables) {
            $0.key = FlowKey(
                source: IPAddress(high: 0xfe80_0000_0000_0000, low: 7), destination: group, sourcePort: 5353,
                destinationPort: 5353, transport: .udp, family: .ipv6)
        } facts: {
            $0.ownAddresses = LocalAddresses(
                [], of: [SessionBuilder.client], groups: listens ? [SessionBuilder.client: [group]] : [:])
        }
        #expect(result.reasons == (listens ? [.denied: 3] : [.droppedAfterConntrack: 3]))
        #expect(
            result.evidence
                == (listens
                    ? "rule ip6 filter INPUT: policy DROP means these packets, and its counter rose by 6"
                    : "nobody on the host listens to ff02::fb, and the host does not pass it on"))
    }

    @Test(
        arguments: [
            ("-p tcp -m tcp --dport 80 -j MARK --set-xmark 0x1", 0), ("-j CONNMARK --restore-mark", 0),
            ("-p tcp -m tcp --dport 443 -j MARK --set-xmark 0x1/0xf", 1), ("-j MARK --set-xmark 0x10/0xffffffff", 0x10),
            ("-m set --match-set s src -j MARK --set-xmark 0x1", nil), ("-j CONNMARK --set-xmark 0x1", nil),
        ] as [(String, UInt32?)])
    func theRouteOfPacketsIsAskedForByTheirMark(rule: String, mark: UInt32?) {
        let tables = RulesetTrial.saved("*mangle\n:PREROUTING ACCEPT [0:0]\n[9:900] -A PREROUTING \(rule)\nCOMMIT\n")
        let result = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.route = { $0.mark == mark ? .nowhere : .interface(SessionBuilder.server) }
        }
        #expect(result.reasons == (mark != nil ? [.droppedAfterConntrack: 3] : [.unexplained: 3]))
        #expect(result.evidence.contains("iif lan0 mark 0x") == ((mark ?? 0) != 0))
        #expect(result.evidence.contains("may set marks, by which the host's routing goes") == (mark == nil))
        // Marks by which no route is chosen are nothing to it.
        let unruled = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.routing = RoutingPolicy(ruledFamilies: [.ipv4], markedFamilies: [.ipv6])
            $0.route = { $0.mark == 0 ? .nowhere : nil }
        }
        #expect(unruled.reasons == [.droppedAfterConntrack: 3])
    }

    @Test(arguments: [443 as UInt16, 80])
    func theWayOfPacketsThatWereSentElsewhereIsNotAskedFor(port: UInt16) {
        let tables = RulesetTrial.saved(
            """
            *nat
            :PREROUTING ACCEPT [0:0]
            [9:900] -A PREROUTING -p tcp -m tcp --dport \(port) -j DNAT --to-destination 192.0.2.77:443
            COMMIT
            *filter
            :FORWARD DROP [3:300]
            COMMIT
            """)
        let result = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == (port == 443 ? [.denied: 3] : [.droppedAfterConntrack: 3]))
        #expect(result.evidence.contains("routing refuses") == (port == 80))
    }

    @Test func whatTheRoutingRefusesAmidASessionIsTold() {
        let facts = someFacts { $0.route = { _ in .nowhere } }
        let result = compare(facts) { $0.second = (6, 8) }
        #expect(result.reasons == [.droppedAfterConntrack: 4])
        #expect(result.evidence.contains("routing refuses them, as ip route get 192.0.2.9"))
        // Nothing of it left, and a rule may have taken it: that is unexplained, and not forgotten.
        let head = "type filter hook prerouting priority mangle; policy accept;"
        let rules = FirewallRuleset(NFTRuleset("table ip t {\nchain c {\n\(head)\nip saddr @s drop\n}\n}").tables)
        let unsure = compare(
            someFacts {
                $0.route = { _ in .nowhere }
                $0.rules = WatchedRuleset(before: rules, after: rules)
            }
        ) { $0.second = nil }
        #expect(unsure.reasons[.unexplained] == 10)
        #expect(
            unsure.evidence.contains("routing refuses them") && unsure.evidence.contains("ip saddr @s drop may mean"))
    }

    @Test func packetsWithoutARouteAreNotForwarded() {
        let tables = NFTRuleset("table inet t {\nchain c {\ntype filter hook forward priority 0; policy drop;\n}\n}")
            .tables
        let result = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == [.droppedAfterConntrack: 3])
        #expect(result.evidence.contains("routing refuses them, as ip route get 192.0.2.9 from 10.0.0.7 iif lan0 says"))
        #expect(result.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(!result.evidence.contains("policy"))
    }

    @Test func aRuleBeforeTheRoutingMayHaveTakenWhatThatRefuses() {
        let head = "type filter hook prerouting priority raw; policy accept;"
        let text = "table inet t {\nchain c {\n\(head)\nip saddr @s drop\n}\n}"
        let result = RulesetTrial.denied(NFTRuleset(text).tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("routing refuses them"))
        #expect(result.evidence.contains("ip saddr @s drop may mean these packets"))
        // One that took packets of other lengths did not.
        let other = text.replacing("ip saddr @s", with: "meta length 60-62 counter packets 3 bytes 183")
        let refused = RulesetTrial.denied(NFTRuleset(other).tables) { _ in
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(refused.reasons == [.droppedAfterConntrack: 3])
    }

    @Test(arguments: [0xffff_ffff as UInt32, 0x0a00_00ff])
    func whatIsForAllOnALinkMeetsTheHostsInput(destination: UInt32) {
        let tables = RulesetTrial.saved("*filter\n:INPUT DROP [3:300]\n:FORWARD DROP [60:3600]\nCOMMIT\n")
        let result = RulesetTrial.denied(tables) {
            $0.key.destination = IPAddress(ipv4: destination)
        } facts: {
            $0.route = { _ in destination == .max ? nil : .host }
        }
        #expect(result.reasons == [.denied: 3])
        #expect(result.evidence.contains("INPUT: policy DROP means these packets"))
        #expect(!result.evidence.contains("FORWARD"))
    }

    @Test func whatIsForTheHostItselfMeetsWhatAsksForThat() {
        // As ufw has it: what is for none of these is denied.
        let tables = RulesetTrial.saved(
            """
            *filter
            :INPUT DROP [9:900]
            :NOT-LOCAL - [0:0]
            [9:900] -A INPUT -j NOT-LOCAL
            [4:400] -A NOT-LOCAL -m addrtype --dst-type LOCAL -j RETURN
            [4:400] -A NOT-LOCAL -m addrtype --dst-type MULTICAST,BROADCAST -j RETURN
            [9:900] -A NOT-LOCAL -j DROP
            COMMIT
            """)
        for destination: UInt32 in [0x0a00_0001, 0xffff_ffff] {
            let result = RulesetTrial.denied(tables) { $0.key.destination = IPAddress(ipv4: destination) }
            #expect(result.reasons == [.denied: 3])
            #expect(
                result.evidence == "rule ip filter INPUT: policy DROP means these packets, and its counter rose by 9")
        }
    }

    @Test(arguments: [0xe000_00fb as UInt32, 0xefff_fffa])
    func whatAGroupOfOneLinkGetsIsNeverForwarded(group: UInt32) {
        // Without a route that could be asked for, as where rules set marks.
        let tables = RulesetTrial.saved("*filter\n:INPUT DROP [6:600]\n:FORWARD DROP [60:6000]\nCOMMIT\n")
        let result = RulesetTrial.denied(tables) { $0.key.destination = IPAddress(ipv4: group) }
        #expect(result.evidence.contains("INPUT: policy DROP may mean these packets, and its counter rose by 6"))
        #expect(result.evidence.contains("FORWARD") == (group == 0xefff_fffa))
        let idle = RulesetTrial.denied(
            RulesetTrial.saved("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [60:6000]\nCOMMIT\n")
        ) { $0.key.destination = IPAddress(ipv4: group) }
        // Where the kernel did not say so, nobody knows that none listens.
        #expect(idle.reasons == (group == 0xe000_00fb ? [.unexplained: 3] : [.denied: 3]))
        #expect(!idle.evidence.contains("nobody on the host listens"))
    }

    @Test func whatAGroupGetsThatNobodyListensToComesToNoPolicy() {
        let tables = RulesetTrial.saved("*filter\n:INPUT DROP [6:600]\n:FORWARD DROP [60:3600]\nCOMMIT\n")
        let result = RulesetTrial.denied(tables) {
            $0.key.destination = IPAddress(ipv4: 0xe000_00fb)
        } facts: {
            $0.route = { _ in .nowhere }
        }
        #expect(result.reasons == [.droppedAfterConntrack: 3])
        #expect(result.evidence == "nobody on the host listens to 224.0.0.251, and the host does not pass it on")
        // Where somebody does, it may be for the host.
        let heard = RulesetTrial.denied(tables) { $0.key.destination = IPAddress(ipv4: 0xe000_0001) }
        #expect(heard.evidence.contains("INPUT: policy DROP may mean these packets"))
    }

    @Test func theInterfaceOfABridgesPortIsNotTheOneThatRulesSee() {
        let rules = "iifname \"br0\" accept\niifname \"lan0\" \(RulesetTrial.counted) drop"
        // The port has no address, so nobody knows by which interface rules see its packets.
        let tables = NFTRuleset(
            "table inet t {\nchain c {\ntype filter hook forward priority 0; policy drop;\n\(rules)\n}\n}"
        ).tables
        let port = RulesetTrial.denied(tables) { _ in
        } facts: {
            $0.ownAddresses = LocalAddresses([IPAddress(ipv4: 0x0a00_0001)], of: [9])
        }
        #expect(port.evidence.contains("lan0\" counter drop may mean these packets"))
        #expect(port.sessions.flatMap(\.differences).allSatisfy { !$0.isCertain })
        #expect(RulesetTrial.denied(tables).sessions.flatMap(\.differences).map(\.isCertain) == [true])
        #expect(RulesetTrial.denied(tables).reasons == [.denied: 3])
    }

    @Test(arguments: [(-300, false), (-450, true)] as [(Int, Bool)])
    func whatNeverBecameWholeARuleBehindTheReassemblyDidNotTake(priority: Int, isSure: Bool) {
        let facts = someFacts {
            $0.rules = watched([rule(.drop, at: HookPlace(.prerouting, priority), port: 443, growth: 4)])
        }
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (4, 0), nil)
        var compared = builder.compared
        compared.session.taps.first?.original.fragmentCount = 4
        var comparison = Comparison(facts, names: someNames())
        comparison.add(compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.droppedBeforeConntrack: 4])
        #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [isSure])
    }

    @Test(arguments: [0 as UInt16, 10])
    func ofATaggedFrameRulesSeeTheVLAN(vlan: UInt16) {
        // The trunk has an address of its own.
        let text =
            "table inet t {\nchain c {\ntype filter hook forward priority 0; policy accept;\niifname \"lan0\" \(RulesetTrial.counted) drop\n}\n}"
        let rules = FirewallRuleset(NFTRuleset(text).tables)
        let facts = someFacts { $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules) }
        var builder = SessionBuilder()
        (builder.tracked, builder.first, builder.second) = (nil, (3, 0), nil)
        var compared = builder.compared
        compared.session.taps.first?.vlans = VLANs(forward: vlan)
        var comparison = Comparison(facts, names: someNames())
        comparison.add(compared)
        let result = comparison.conclude()
        #expect(result.reasons == [.denied: 3])
        #expect(result.sessions.flatMap(\.differences).map(\.isCertain) == [vlan == 0])
    }

    @Test func whatAProxyMayHaveTakenIsNotSurelyForwarded() {
        let tables = RulesetTrial.saved(
            """
            *mangle
            :PREROUTING ACCEPT [0:0]
            [5:500] -A PREROUTING -p tcp -m tcp --dport 443 -j TPROXY --on-port 3129
            COMMIT
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD DROP [60:6000]
            COMMIT
            """)
        let result = RulesetTrial.denied(tables)
        #expect(result.reasons == [.unexplained: 3])
        #expect(result.evidence.contains("FORWARD: policy DROP may mean these packets"))
        #expect(!result.evidence.contains("that nfmon understands"))
    }

    @Test func whatAProxyTookAndInputCountedInputDenied() {
        let tables = RulesetTrial.saved(
            """
            *mangle
            :PREROUTING ACCEPT [0:0]
            [3:300] -A PREROUTING -p tcp -m tcp --dport 443 -j TPROXY --on-port 3129
            COMMIT
            *filter
            :INPUT DROP [3:300]
            :FORWARD DROP [0:0]
            COMMIT
            """)
        let result = RulesetTrial.denied(tables)
        #expect(result.reasons == [.denied: 3])
        #expect(
            result.evidence == "rule ip filter INPUT: policy DROP may mean these packets, and its counter rose by 3")
    }

    @Test(arguments: [false, true])
    func whatAProxyTookOverNeedNotLeave(hasProxy: Bool) {
        let head = "type filter hook prerouting priority mangle; policy accept;"
        let rule = hasProxy ? "tcp dport 443 counter packets 10 bytes 1000 tproxy to :3129 accept" : "accept"
        let rules = FirewallRuleset(NFTRuleset("table ip t {\nchain c {\n\(head)\n\(rule)\n}\n}").tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
            $0.route = { _ in .interface(SessionBuilder.server) }
        }
        let result = compare(facts) { $0.second = nil }
        #expect(result.reasons[.droppedAfterConntrack] == (hasProxy ? nil : 10))
        #expect(result.sessions.isEmpty == hasProxy)
    }

    @Test(arguments: [(1 as UInt64, false), (10, true)])
    func aProxyThatMayHaveTakenThemTookNoMoreThanItCounted(count: UInt64, isTaken: Bool) {
        let head = "type filter hook prerouting priority mangle; policy accept;"
        let rule = "tcp dport @ports counter packets \(count) bytes \(count * 100) tproxy to :3129"
        let rules = FirewallRuleset(NFTRuleset("table ip t {\nchain c {\n\(head)\n\(rule)\n}\n}").tables)
        let facts = someFacts {
            $0.rules = WatchedRuleset(before: rules.withoutCounts, after: rules)
            $0.route = { _ in .interface(SessionBuilder.server) }
        }
        let result = compare(facts) { $0.second = nil }
        #expect(result.reasons[.droppedAfterConntrack] == (isTaken ? nil : 10))
        #expect(isTaken || result.evidence.contains("may hand them to a socket of the host's own"))
    }
}
