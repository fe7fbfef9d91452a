"""What `nfmon compare` says of rules, against what the kernel's counters say: the same rulesets, the same packets."""

import collections
import re
import socket

from case import LiveTest
from comparison import WORDS, Comparison

# Every port gets as many datagrams as its number says behind 80: 81 one, 82 two.
PORTS = range(81, 89)
BASE = 80

ACCEPTING = ("iptables", "-P", "FORWARD", "ACCEPT"), ("iptables", "-P", "INPUT", "ACCEPT"), ("iptables", "-F"), ("iptables", "-X")

STATEFUL = """
table inet t {
    map late { type inet_service : verdict; }
    chain refuse { counter reject; }
    chain user {
        udp dport 82 return
        udp dport 83 counter drop
        udp dport 84 goto far
    }
    chain far { udp dport 81-83 counter drop; }
    chain c {
        type filter hook forward priority 10; policy accept;
        ct state vmap { established : accept, related : accept, invalid : drop }
        udp dport 81 accept
        jump user
        udp dport 82 counter drop
        udp dport 83-84 counter drop
        udp dport vmap @late
        udp dport 88 meta mark 0x7 return
        udp dport 81-90 counter drop
    }
}
"""

LAYERS = """
table inet early {
    chain raw { type filter hook prerouting priority raw; udp dport 81 counter drop; udp dport 82 counter accept; udp dport 83 counter notrack; }
    chain mangle { type filter hook prerouting priority mangle; meta mark set 0x5 udp dport 82 counter drop; }
}
table ip late {
    chain forward {
        type filter hook forward priority 20; policy drop;
        ip daddr != 192.0.2.9 accept
        udp dport { 84, 85 } jump { udp dport 84 counter drop; udp dport 85 return; }
        meta mark 0x5 udp dport 86 counter drop
        udp dport 83 accept
        udp dport 81-86 counter accept
    }
    chain out { type filter hook postrouting priority 200; ip saddr 192.0.2.1 udp dport 85 counter drop; ip saddr 10.0.0.7 udp dport 85 counter drop; }
}
table netdev n {
    chain i { type filter hook ingress device "lan0" priority 0; udp dport 88 counter drop; }
}
"""

PAIRS = """
table inet t {
    chain marks { type filter hook prerouting priority mangle; udp dport 81 meta mark set 0x8000; }
    chain c {
        type filter hook forward priority 10; policy accept;
        ip frag-off & 0x1fff != 0 counter drop
        meta mark & 0x8000 == 0x8000 counter drop
        ip daddr . udp dport { 192.0.2.9 . 82, 192.0.2.8 . 83 } counter drop
        iifname . oifname vmap { "lan0" . "wan0" : jump user, "wan0" . "lan0" : drop }
    }
    chain user {
        udp dport vmap { 84 : drop, 85-86 : continue, 87 : accept }
        udp dport 85-88 counter drop
    }
}
"""

SAVED = """*raw
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p udp --dport 81 -j DROP
-A PREROUTING -p udp --dport 82 -j CT --notrack
COMMIT
*mangle
:FORWARD ACCEPT [0:0]
-A FORWARD -p udp --dport 83 -j MARK --set-mark 5
-A FORWARD -p udp --dport 83 -m mark --mark 5 -j DROP
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:USER - [0:0]
:DEEP - [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -p udp --dport 82:83 -j ACCEPT
-A FORWARD -p udp -j USER
-A FORWARD -p udp --dport 84:85 -j REJECT
-A FORWARD -i wan0 -j DROP
-A FORWARD -p udp --dport 86 -j ACCEPT
-A USER -p udp --dport 84 -j RETURN
-A USER -p udp --dport 85:86 -g DEEP
-A DEEP -p udp --dport 85 -j DROP
COMMIT
"""


class Rules(LiveTest):
    def lab_that_forwards(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        for words in ACCEPTING:
            lab.inside(*words)
        return lab

    def counts(self, lab):
        """What each rule that refuses packets, or keeps them from conntrack, has counted, by the name that nfmon gives it."""
        found = collections.Counter()
        family = table = chain = ""
        for line in lab.inside("nft", "-a", "list", "ruleset").stdout.splitlines():
            words = line.split()
            if words[:1] == ["table"]:
                family, table = words[1:3]
            elif words[:1] == ["chain"]:
                chain = words[1]
            counter = re.search(r"counter packets (\d+) bytes \d+ ", line)
            if counter and re.search(r" (drop|reject|notrack)\b", line):
                text = re.sub(r" # handle \d+$", "", line.strip()).replace(counter[0], "counter ")
                found[f"{family} {table} {chain}: {text}"] += int(counter[1])
        return found

    def blamed(self, lab, *words):
        """What the comparison says that rules account for, of datagrams to all ports, and the whole answer."""
        comparison = self.closing(Comparison(lab, *WORDS, *words))
        for port in PORTS:
            lab.datagrams(port - BASE, port=port)
        answer = comparison.answer()
        return {rule["rule"]: rule["accounts_for"] for rule in answer.summary["rules"]}, answer

    def assert_as_counted(self, lab, blamed, answer):
        """Rules account for just what the kernel counted there, but for chains without names, which stand in their rules."""
        counted = {name: count for name, count in self.counts(lab).items() if count}
        self.assertEqual(
            {re.sub(r" \{\d+\}:", ":", name): count for name, count in blamed.items() if " counter " in f" {name} "},
            counted, answer.evidence)

    def test_a_ruleset_of_nft_with_jumps_maps_and_a_catch_all(self):
        lab = self.lab_that_forwards()
        lab.inside("nft", STATEFUL)
        lab.inside("nft", "add element inet t late { 85 : drop, 86 : jump refuse }")
        blamed, answer = self.blamed(lab)
        self.assertEqual(sum(blamed.values()), 2 + 3 + 4 + 5 + 6 + 7 + 8, answer.evidence)
        self.assertEqual(answer.of(81), {})
        self.assertEqual(answer.of(85), {"denied": 5})
        self.assertEqual(answer.of(88), {"denied": 8})
        del blamed[next(name for name in blamed if "vmap @late" in name)]
        self.assert_as_counted(lab, blamed, answer)

    def test_pairs_marks_and_fragments_leave_no_doubt(self):
        lab = self.lab_that_forwards()
        lab.inside("nft", PAIRS)
        blamed, answer = self.blamed(lab)
        self.assertEqual(
            [answer.of(port) for port in PORTS],
            [{"denied": 1}, {"denied": 2}, {}, {"denied": 4}, {"denied": 5}, {"denied": 6}, {}, {"denied": 8}],
            answer.evidence)
        self.assertNotIn("may mean", answer.evidence)
        del blamed[next(name for name in blamed if "84 : drop" in name)]
        self.assert_as_counted(lab, blamed, answer)

    def test_rules_of_all_layers_from_the_device_to_postrouting(self):
        lab = self.lab_that_forwards()
        lab.inside("nft", LAYERS)
        blamed, answer = self.blamed(lab)
        self.assert_as_counted(lab, blamed, answer)
        self.assertEqual(
            [answer.of(port) for port in (81, 82, 83, 84, 88)],
            [
                {"dropped-before-conntrack": 1}, {"denied": 2}, {"untracked": 3}, {"denied": 4},
                {"dropped-before-conntrack": 8},
            ], answer.evidence)

    def test_rules_of_iptables_with_chains_and_policies(self):
        lab = self.lab_that_forwards()
        file = self.directory() / "rules"
        with open(file, "w", encoding="ascii") as out:
            out.write(SAVED)
        lab.inside("iptables-restore", file)
        blamed, answer = self.blamed(lab)
        self.assertEqual(
            [answer.of(port) for port in PORTS],
            [
                {"dropped-before-conntrack": 1}, {"untracked": 2}, {"denied": 3}, {"denied": 4}, {"denied": 5}, {},
                {"denied": 7}, {"denied": 8},
            ], answer.evidence)
        # The policy, whose counter nft does not show.
        self.assertEqual(blamed.pop("ip filter FORWARD: policy drop", 15), 15)
        self.assert_as_counted(lab, blamed, answer)

    def test_rules_of_the_legacy_iptables_beside_those_of_nft(self):
        lab = self.lab_that_forwards()
        for words in (
            ("-A", "FORWARD", "-p", "udp", "--dport", "81", "-j", "DROP"),
            ("-A", "FORWARD", "-p", "udp", "--dport", "82:87", "-j", "ACCEPT"), ("-P", "FORWARD", "DROP"),
        ):
            lab.inside("iptables-legacy", *words)
        blamed, answer = self.blamed(lab)
        self.assertEqual(
            blamed,
            {"ip filter FORWARD: -p udp -m udp --dport 81 -j DROP": 1, "ip filter FORWARD: policy DROP": 8},
            answer.evidence)
        self.assertEqual(answer.reasons, {"denied": 9})

    def test_a_rule_with_a_set_is_named_beside_a_policy_and_packets_without_a_route_are_nobodys_prey(self):
        # The lab's own rules stay: FORWARD denies by policy what does not go from lan0 to wan0.
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        lab.inside(
            "nft",
            "table inet t { set s { type inet_service; elements = { 81, 82 }; }; "
            "chain c { type filter hook forward priority 10; udp dport @s counter drop; }; }")
        lab.inside("ip", "route", "add", "unreachable", "203.0.113.0/24")
        comparison = self.closing(Comparison(lab))
        lab.datagrams(4, port=81)
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for _ in range(3):
                near.sendto(b"to nowhere", ("203.0.113.77", 83))
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {"denied": 4}, answer.evidence)
        self.assertEqual(
            {rule["rule"]: rule["accounts_for"] for rule in answer.summary["rules"]},
            {"inet t c: udp dport @s counter drop": 4}, answer.evidence)
        self.assertNotIn("policy", answer.evidence)

    def test_what_is_for_the_firewall_itself_meets_its_input(self):
        lab = self.lab_that_forwards()
        for chain in "INPUT", "FORWARD", "OUTPUT":
            lab.inside("iptables", "-A", chain, "-p", "udp", "--dport", "81", "-j", "DROP")
        comparison = self.closing(Comparison(lab))
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for _ in range(6):
                near.sendto(b"to the firewall itself", ("10.0.0.1", 81))
        lab.datagrams(4, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 10}, answer.evidence)
        self.assert_as_counted(lab, {rule["rule"]: rule["accounts_for"] for rule in answer.summary["rules"]}, answer)

    def test_a_ruleset_that_is_loaded_anew_meanwhile_is_told(self):
        lab = self.lab_that_forwards()
        text = "table ip t { chain c { type filter hook forward priority 10; udp dport 81 counter packets %d bytes 5000 drop; }; }"
        lab.inside("nft", text % 500)
        comparison = self.closing(Comparison(lab))
        lab.datagrams(3, port=81)
        lab.inside("nft", "delete table ip t; " + text % 100)
        lab.datagrams(2, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {"denied": 5}, answer.evidence)
        self.assertIn("its counter was set back", answer.evidence)
        self.assertTrue(any("rules changed meanwhile" in note for note in answer.summary.get("notes", [])), answer.summary)

    def test_rules_that_are_restored_as_they_were_meanwhile_are_the_same(self):
        lab = self.lab_that_forwards()
        lab.inside("iptables", "-A", "FORWARD", "-p", "udp", "--dport", "81", "-j", "DROP")
        file = self.directory() / "rules"
        with open(file, "w", encoding="ascii") as out:
            out.write(lab.inside("iptables-save").stdout)
        comparison = self.closing(Comparison(lab))
        lab.datagrams(3, port=81)
        lab.inside("iptables-restore", file)
        lab.datagrams(2, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {"denied": 5}, answer.evidence)
        self.assertIn("its counter was set back", answer.evidence)
        self.assertNotIn("is gone", answer.evidence)
