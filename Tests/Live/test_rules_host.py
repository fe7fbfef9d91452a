"""What `nfmon compare` says of packets that the host takes for itself, that its routing refuses, or that a log explains already."""

import socket

from comparison import WORDS, Comparison, CompareTest

LOGGING = """
table inet t {
    set s { type inet_service; elements = { 82 }; }
    chain c { type filter hook prerouting priority -350; udp dport @s log prefix "drop:y" group 100 counter drop; }
}
"""

REMEMBERING = """
table inet t {
    chain c { type filter hook forward priority 10; udp dport 81 quota over 100 bytes counter drop; }
}
"""

SETTLED = """
table inet t {
    set s { type inet_service; elements = { 71 }; }
    chain c { type filter hook forward priority -350; udp dport @s counter drop; }
}
"""

RIVALS = """
table inet t {
    set s { type inet_service; elements = { 71 }; }
    set t { type inet_service; elements = { 72 }; }
    chain c { type filter hook forward priority 10; udp dport @s counter drop; udp dport @t counter drop; }
}
"""

# As firewalld writes it: no counters, and what was translated passes.
ZONES = """
table inet zones {
    chain before {
        type filter hook prerouting priority 10;
        icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
        meta nfproto ipv6 fib saddr . mark . iif oif missing drop
    }
    chain forward {
        type filter hook forward priority 10;
        ct state { established, related } accept
        ct status dnat accept
        iifname "lo" accept
        ct state invalid drop
        jump policies
        reject with icmpx admin-prohibited
    }
    chain policies {
        iifname "lan0" oifname "wan0" jump trusted
        iifname "lan0" accept
        reject with icmpx admin-prohibited
    }
    chain trusted { udp dport 82 drop; return; }
}
"""


class HostRules(CompareTest):
    def send(self, lab, count, address, port, size=20, source=None):
        """Datagrams of the client's, which nobody need get."""
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            near.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(lab.client.inet))
            if source:
                near.bind((source, 0))
            for _ in range(count):
                near.sendto(b"x" * size, (address, port))

    def accounted(self, answer):
        return {rule["rule"]: rule["accounts_for"] for rule in answer.summary.get("rules", [])}

    def test_broadcasts_meet_the_policy_of_input_and_groups_that_nobody_listens_to_do_not(self):
        # The lab's own rules deny by policy what is for the firewall.
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        self.send(lab, 3, "255.255.255.255", 81)
        self.send(lab, 2, "10.0.0.255", 82)
        self.send(lab, 4, "224.0.0.251", 83)
        answer = comparison.answer()
        self.assertEqual(
            [answer.of(port) for port in (81, 82, 83)],
            [{"denied": 3}, {"denied": 2}, {"dropped-after-conntrack": 4}], answer.evidence)
        self.assertEqual(self.accounted(answer), {"ip filter INPUT: policy drop": 5}, answer.evidence)
        self.assertIn("nobody on the host listens to 224.0.0.251", answer.evidence)

    def test_what_the_routing_refuses_no_rule_is_blamed_for(self):
        lab = self.lab_with_accounting()
        lab.inside("nft", "table inet t { chain c { type filter hook forward priority -20; ip protocol udp udp dport 82 drop; }; }")
        lab.inside("ip", "route", "add", "blackhole", "203.0.113.0/26")
        lab.inside("ip", "addr", "add", "203.0.113.200/32", "dev", "eth0", role="client")
        lab.inside("sysctl", "-qw", "net.ipv4.conf.lan0.rp_filter=1")
        comparison = self.compare(lab)
        self.send(lab, 4, "203.0.113.5", 81)
        self.send(lab, 3, lab.server.inet, 82, source="203.0.113.200")
        answer = comparison.answer()
        self.assertEqual(
            [answer.of(port) for port in (81, 82)],
            [{"dropped-after-conntrack": 4}, {"dropped-after-conntrack": 3}], answer.evidence)
        self.assertIn("ip route get 203.0.113.5 from 10.0.0.7 iif lan0", answer.evidence)
        self.assertEqual(self.accounted(answer), {})

    def proxy(self, lab):
        """A proxy's socket in the firewall, which gets the client's connections to port 80."""
        lab.inside("ip", "rule", "add", "fwmark", "1", "lookup", "100")
        lab.inside("ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo", "table", "100")
        lab.inside(
            "iptables", "-t", "mangle", "-A", "PREROUTING", "-i", "lan0", "-p", "tcp", "--dport", "80", "-j", "TPROXY",
            "--on-port", "3128", "--tproxy-mark", "1")
        listener = self.closing(lab.firewall.socket(socket.AF_INET, socket.SOCK_STREAM))
        listener.setsockopt(socket.SOL_IP, 19, 1)  # IP_TRANSPARENT
        listener.bind(("", 3128))
        listener.listen()
        listener.settimeout(10)
        return listener

    def test_a_connection_that_a_proxy_takes_over_leaves_nowhere_and_is_not_dropped(self):
        lab = self.lab_with_accounting()
        listener = self.proxy(lab)
        lab.inside("iptables", "-I", "INPUT", "-p", "tcp", "--dport", "80", "-j", "ACCEPT")
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET, socket.SOCK_STREAM) as near:
            near.settimeout(10)
            near.connect((lab.server.inet, 80))
            far, _ = listener.accept()
            with far:
                near.sendall(b"x" * 5000)
                received = 0
                while received < 5000:
                    received += len(far.recv(5000))
                far.sendall(b"y" * 300)
                self.assertEqual(near.recv(300, socket.MSG_WAITALL), b"y" * 300)
        answer = comparison.answer()
        self.assertEqual(answer.of(80), {}, answer.evidence)

    def test_what_a_proxy_would_take_and_input_denies_input_is_blamed_for(self):
        lab = self.lab_with_accounting()
        self.proxy(lab)
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET, socket.SOCK_STREAM) as near:
            near.settimeout(0.2)
            self.assertRaises(TimeoutError, near.connect, (lab.server.inet, 80))
        answer = comparison.answer()
        self.assertEqual(answer.of(80), {"denied": 1}, answer.evidence)
        self.assertEqual(self.accounted(answer), {"ip filter INPUT: policy drop": 1}, answer.evidence)

    def test_what_a_rule_logged_as_denied_its_counter_explains_no_second_time(self):
        lab = self.lab_with_accounting()
        lab.inside("nft", LOGGING)
        lab.inside("ip", "route", "add", "blackhole", "203.0.113.0/26")
        comparison = self.compare(lab)
        self.send(lab, 8, "203.0.113.5", 83)
        lab.datagrams(8, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.of(82), {"denied": 8}, answer.evidence)
        self.assertNotIn("dropped-before-conntrack", answer.of(83), answer.evidence)

    def test_a_quota_that_is_used_up_meanwhile_is_one_rule(self):
        lab = self.lab_with_accounting()
        lab.inside("nft", REMEMBERING)
        comparison = self.compare(lab)
        lab.datagrams(9, port=81)
        answer = comparison.answer()
        self.assertEqual(self.accounted(answer), {"inet t c: udp dport 81 quota over 100 bytes counter drop": 6}, answer.evidence)
        self.assertFalse(any("rules changed" in note for note in answer.summary.get("notes", [])), answer.summary)

    def test_of_two_sets_that_took_as_many_packets_neither_is_named_alone(self):
        lab = self.lab_with_accounting()
        lab.inside("nft", RIVALS)
        comparison = self.compare(lab)
        for port in 71, 72:
            lab.datagrams(5, port=port)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 10}, answer.evidence)
        self.assertEqual(answer.summary["reasons"]["denied"]["uncertain_packets"], 10)
        self.assertEqual(answer.evidence.count("one of these rules may have taken them"), 2, answer.evidence)
        for name in "@s", "@t":
            self.assertEqual(answer.evidence.count(f"udp dport {name} counter drop may mean"), 2, answer.evidence)
        self.assertEqual(self.accounted(answer), {}, answer.evidence)

    def test_a_rule_that_counted_packets_of_another_length_is_not_blamed_for_these(self):
        lab = self.lab_with_accounting()
        lab.inside(
            "iptables", "-t", "mangle", "-A", "PREROUTING", "-p", "udp", "-m", "length", "--length", "30:35", "-j", "DROP")
        lab.inside("ip", "route", "add", "blackhole", "203.0.113.0/26")
        comparison = self.closing(Comparison(lab, *WORDS, "dst", "host", "203.0.113.5"))
        self.send(lab, 4, "203.0.113.5", 81, size=40)
        lab.datagrams(4, port=82)
        answer = comparison.answer()
        self.assertNotIn("dropped-before-conntrack", answer.reasons, answer.evidence)
        self.assertEqual(self.accounted(answer), {}, answer.evidence)

    def test_rules_that_ask_what_an_address_is_to_the_host_are_sure(self):
        lab = self.lab_with_accounting()
        for words in (
            "-N STRAYS", "-A STRAYS -m addrtype --dst-type LOCAL -j RETURN", "-A STRAYS -m addrtype --dst-type BROADCAST -j DROP",
            "-I INPUT -j STRAYS",
        ):
            lab.inside("iptables", *words.split())
        lab.inside("nft", "table inet t { chain c { type filter hook prerouting priority -140; fib daddr type != local udp dport 83 counter drop; }; }")
        comparison = self.compare(lab)
        self.send(lab, 3, "10.0.0.255", 81)
        self.send(lab, 2, "10.0.0.1", 82)
        self.send(lab, 4, "10.0.0.1", 83)
        lab.datagrams(6, port=83)
        answer = comparison.answer()
        accounted = self.accounted(answer)
        self.assertEqual(accounted.pop("ip filter INPUT: policy drop"), 2 + 4, answer.evidence)
        self.assertEqual(accounted.pop("inet t c: fib daddr type != local udp dport 83 counter drop"), 6, answer.evidence)
        self.assertEqual(list(accounted.values()), [3], answer.evidence)
        self.assertNotIn("may mean", answer.evidence)

    def test_what_a_firewall_with_zones_refuses_without_counters_is_sure(self):
        lab = self.lab_with_accounting()
        for command in "iptables", "ip6tables":
            lab.inside(command, "-P", "FORWARD", "ACCEPT")
            lab.inside(command, "-F", "FORWARD")
        lab.inside("nft", ZONES)
        comparison = self.compare(lab)
        lab.datagrams(2, port=81)
        lab.datagrams(3, port=82)
        for family, count, source, target, port in (
            (socket.AF_INET6, 4, lab.client, lab.server, 82), (socket.AF_INET6, 2, lab.server, lab.client, 83),
        ):
            with source.socket(family, socket.SOCK_DGRAM) as near:
                for _ in range(count):
                    near.sendto(b"nfmon", (target.inet6, port))
        answer = comparison.answer()
        self.assertEqual(
            [answer.of(port) for port in (81, 82, 83)], [{}, {"denied": 3 + 4}, {"denied": 2}], answer.evidence)
        self.assertEqual(
            self.accounted(answer),
            {
                "inet zones trusted: udp dport 82 drop": 7,
                "inet zones policies: reject with icmpx admin-prohibited": 2,
            }, answer.evidence)
        self.assertNotIn("may mean", answer.evidence)

    def test_a_ruleset_that_is_flushed_and_loaded_meanwhile_did_not_stand_still(self):
        # Its rules have the handles of those before, and counters of nought again.
        lab = self.lab_with_accounting()
        text = "table inet t { chain c { type filter hook forward priority 10; udp dport 81 counter drop; }; }"
        lab.inside("nft", text)
        comparison = self.compare(lab)
        lab.datagrams(8, port=81)
        lab.inside("nft", "delete table inet t; " + text)
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {"denied": 8}, answer.evidence)
        self.assertIn("its counter was set back", answer.evidence)

    def test_a_table_of_the_legacy_iptables_that_is_loaded_anew_did_not_stand_still(self):
        lab = self.lab_with_accounting()
        words = "sh", "-c", "printf '*raw\\n-A PREROUTING -p udp --dport 81 -j DROP\\nCOMMIT\\n' | iptables-legacy-restore"
        lab.inside(*words)
        # Its policy counts, whatever the rule does.
        lab.datagrams(2, port=82)
        comparison = self.compare(lab)
        lab.datagrams(8, port=81)
        lab.inside(*words)
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {"dropped-before-conntrack": 8}, answer.evidence)
        self.assertIn("its counter was set back", answer.evidence)

    def test_a_rule_that_let_the_first_packet_pass_is_not_blamed_for_later_ones(self):
        lab = self.lab_with_accounting()
        lab.inside("nft", SETTLED)
        comparison = self.compare(lab)
        # A neighbour that does not answer: the kernel keeps the packets until it knows, and conntrack knows them.
        self.send(lab, 3, "192.0.2.88", 75)
        lab.datagrams(5, port=71)
        answer = comparison.answer()
        self.assertEqual(answer.of(71), {"denied": 5}, answer.evidence)
        self.assertEqual(answer.of(75), {"dropped-after-conntrack": 3}, answer.evidence)
        self.assertEqual(self.accounted(answer), {"inet t c: udp dport @s counter drop": 5}, answer.evidence)

    def test_an_address_that_is_banned_meanwhile_may_be_what_a_set_took(self):
        lab = self.lab_with_accounting()
        lab.inside("nft", SETTLED)
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            near.sendto(b"nfmon", (lab.server.inet, 72))
            self.until(lambda: any(key.destination[1] == 72 for key in lab.conntrack()), "it is tracked")
            lab.inside("nft", "add element inet t s { 72 }")
            for _ in range(4):
                near.sendto(b"nfmon", (lab.server.inet, 72))
        answer = comparison.answer()
        self.assertEqual(answer.of(72), {"dropped-after-conntrack": 4}, answer.evidence)
        self.assertEqual(self.accounted(answer), {"inet t c: udp dport @s counter drop": 4}, answer.evidence)

    def test_where_marks_lead_is_asked_with_the_marks_that_rules_set(self):
        lab = self.lab_with_accounting()
        lab.inside("ip", "rule", "add", "fwmark", "9", "blackhole", "pref", "40")
        lab.inside("iptables", "-t", "mangle", "-A", "PREROUTING", "-p", "udp", "--dport", "71", "-j", "MARK", "--set-mark", "9")
        comparison = self.compare(lab)
        lab.datagrams(5, port=71)
        lab.datagrams(5, port=72)
        answer = comparison.answer()
        self.assertEqual([answer.of(71), answer.of(72)], [{"dropped-after-conntrack": 5}, {}], answer.evidence)
        self.assertIn("iif lan0 mark 0x9 says", answer.evidence)

    def test_what_a_rule_logged_behind_a_translation_is_the_session_that_came(self):
        lab = self.lab_with_accounting()
        lab.inside(
            "iptables", "-t", "nat", "-A", "PREROUTING", "-d", "10.96.0.11", "-p", "udp", "--dport", "53", "-j", "DNAT",
            "--to-destination", "192.0.2.9:93")
        lab.inside("iptables", "-I", "FORWARD", "-p", "udp", "--dport", "93", "-j", "DROP")
        lab.log("drop:np", "-p", "udp", "--dport", "93")
        comparison = self.compare(lab)
        self.send(lab, 4, "10.96.0.11", 53)
        answer = comparison.answer()
        self.assertEqual([answer.of(53), answer.of(93)], [{"denied": 4}, {}], answer.evidence)
        self.assertIn("rule np logged that it denied 4 packets", answer.evidence)

    def test_groups_of_ipv6_are_for_the_host_where_it_listens(self):
        lab = self.lab_with_accounting()
        lab.inside("ip6tables", "-P", "INPUT", "DROP")
        lab.inside("ip6tables", "-F", "INPUT")
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET6, socket.SOCK_DGRAM) as near:
            link = lab.inside("cat", "/sys/class/net/eth0/ifindex", role="client").stdout.strip()
            near.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, int(link))
            for count, group, port in ((3, "ff02::1", 81), (2, "ff02::1:3", 82)):
                for _ in range(count):
                    near.sendto(b"nfmon", (group, port, 0, int(link)))
        answer = comparison.answer()
        self.assertEqual(
            [answer.of(81), answer.of(82)], [{"denied": 3}, {"dropped-after-conntrack": 2}], answer.evidence)
        self.assertIn("INPUT: policy drop means these packets", answer.evidence)
        self.assertIn("nobody on the host listens to ff02::1:3", answer.evidence)
