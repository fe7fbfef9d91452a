import FlowModel
import Testing

@testable import Wire

/// Rules as the firewall's tools write them, and ways to one among them.
enum RuleSamples {
    static let saved = #"""
        *raw
        :PREROUTING ACCEPT [5:300]
        :OUTPUT ACCEPT [0:0]
        [12:720] -A PREROUTING -s 10.0.0.0/24 -p tcp -m tcp --dport 81 -j DROP
        [3:180] -A PREROUTING -p udp -m udp --sport 1:100 ! --dport 53 -j CT --notrack
        COMMIT
        *filter
        :INPUT DROP [7:420]
        :FORWARD ACCEPT [0:0]
        :USER - [0:0]
        :DEEP - [0:0]
        [0:0] -A FORWARD -i lan+ ! -o wan0 -p tcp -m multiport --dports 22,80:90 -m statistic --mode nth --every 10 --packet 0 -j NFLOG --nflog-prefix "-j DROP" --nflog-group 100
        [1:60] -A FORWARD -m comment --comment "-j DROP" -j ACCEPT
        [1:60] -A FORWARD -p tcp -j USER
        [1:60] -A USER -g DEEP
        [2:61] -A DEEP -p icmp -m icmp --icmp-type 8 -j REJECT --reject-with icmp-host-prohibited
        [2:61] -A DEEP -m conntrack --ctstate NEW -m limit --limit 5/sec -j NFLOG
        [9:9] -A LOST -j DROP
        [4:4] -A FORWARD -d 192.0.2.9/32 -j DROP
        [5:5] -A FORWARD -d 192.0.2.9/32 -j DROP
        COMMIT
        """#

    static let listing = """
        table inet x { # handle 1
        	counter c { # handle 6
        		packets 0 bytes 0
        	}

        	chain pre { # handle 1
        		type filter hook prerouting priority raw; policy accept;
        		tcp dport 81 counter packets 12 bytes 720 drop # handle 8
        		udp dport { 53-60, 99 } counter packets 3 bytes 4 notrack # handle 10
        		ip saddr @s drop # handle 11
        		ip saddr { 10.0.0.1, 10.2.0.0/16 } ip daddr != 192.168.0.0/16 drop # handle 13
        		icmpv6 type { nd-router-advert, 135 } drop # handle 14
        	}

        	chain u { # handle 2
        		meta mark 0x00000005 drop # handle 15
        		goto v # handle 16
        	}

        	chain v { # handle 3
        		ip6 saddr 2001:db8::/32 drop # handle 17
        		tcp dport 7 jump {
        			log group 9
        			drop
        		} # handle 21
        	}

        	chain fwd1 { # handle 4
        		type filter hook forward priority filter + 10; policy drop;
        		ct state established,related accept # handle 22
        		iifname "lan*" oifname != "wan0" meta l4proto { tcp, udp } th dport 22 log prefix "a drop" group 100 limit rate 5/second counter packets 0 bytes 0 # handle 24
        		jump u # handle 26
        		icmp type echo-request counter packets 0 bytes 0 reject with icmp port-unreachable # handle 27
        		ip protocol icmp counter packets 4 bytes 5 drop comment "hello" # handle 29
        		tcp dport vmap { 22 : drop, 80 : accept } # handle 31
        		tcp dport != { 1, 2 } tcp sport >= 1024 counter name "c" drop # handle 40
        		oif "lo" xt match "bpf" drop # handle 41
        	}
        }
        table netdev n { # handle 2
        	chain i { # handle 1
        		type filter hook ingress device "lo" priority filter; policy accept;
        		ip saddr 1.2.3.4 counter packets 0 bytes 0 drop # handle 2
        	}
        }
        """

    static func tables(_ text: String = saved) -> [FirewallTable] {
        SavedRuleset(text, family: "ip", command: "iptables-legacy", isLegacy: true).tables
    }

    static func rules(_ tables: [FirewallTable]) -> [FirewallRule] {
        tables.flatMap { $0.chains.flatMap(\.rules) }
    }

    static func rule(_ tables: [FirewallTable], _ text: String) throws -> FirewallRule {
        try #require(rules(tables).first { $0.text.contains(text) }, "\(text)")
    }

    static func chain(_ tables: [FirewallTable], _ name: String) throws -> FirewallChain {
        try #require(tables.flatMap(\.chains).first { $0.name == name }, "\(name)")
    }

    /// The rules that a text of one rule becomes, in a chain of the family inet.
    static func rules(_ text: String) -> [FirewallRule] {
        let head = "type filter hook forward priority 0; policy accept;"
        return rules(NFTRuleset("table inet t {\nchain c {\n\(head)\n\(text)\n}\n}").tables)
    }

    static func only(_ text: String) throws -> FirewallRule {
        let rules = rules(text)
        try #require(rules.count == 1)
        return rules[0]
    }
}
