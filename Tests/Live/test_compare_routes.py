"""`nfmon compare` of sessions that do not come and go by the same two interfaces."""

import socket

from comparison import WORDS, CompareTest

SIZE = 200_000
NTH = "-m", "statistic", "--mode", "nth", "--every"


class CompareRoutes(CompareTest):
    def exchange(self, near, far):
        for sender, receiver in (near, far), (far, near):
            sender.sendall(bytes(SIZE))
            left = SIZE
            while left:
                left -= len(receiver.recv(left))

    def assert_agrees(self, comparison):
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertEqual(answer.summary["sessions"], 1)
        agreement = answer.summary["capture_agreement"]
        self.assertEqual(agreement["packets"], agreement["agreed_packets"])
        self.assertEqual(agreement["bytes"], agreement["agreed_bytes"])
        return answer

    def test_answers_that_come_in_by_another_interface_are_not_missing(self):
        lab = self.lab_with_second_link("server", "wan1", "198.51.100.1", "198.51.100.9")
        lab.inside("ip", "route", "add", "192.0.2.1/32", "via", "198.51.100.1", "dev", "eth1", role="server")
        comparison = self.compare(lab, *WORDS, "-i", "wan1")
        near, far, _ = lab.connect()
        with near, far:
            self.exchange(near, far)
        self.assert_agrees(comparison)

    def test_answers_that_leave_by_another_interface_are_not_missing(self):
        lab = self.lab_with_second_link("client", "lan1", "198.51.100.1", "198.51.100.7")
        lab.inside("ip", "route", "add", "10.0.0.7/32", "via", "198.51.100.7", "dev", "lan1")
        comparison = self.compare(lab, *WORDS, "-i", "lan1")
        near, far, _ = lab.connect()
        with near, far:
            self.exchange(near, far)
        self.assert_agrees(comparison)

    def test_two_uplinks_of_which_one_takes_over_show_a_session_together(self):
        lab = self.lab_with_second_link("server", "wan1", "198.51.100.1", "198.51.100.9")
        comparison = self.compare(lab, *WORDS, "-i", "wan1")
        near, far, _ = lab.connect()
        with near, far:
            self.exchange(near, far)
            lab.inside("ip", "route", "add", "192.0.2.9/32", "via", "198.51.100.9", "dev", "wan1")
            self.exchange(near, far)
        answer = self.assert_agrees(comparison)
        self.assertEqual(answer.summary["lanes"]["packet"]["lost"], 0)

    def take_turns(self, lab, role, chain, gateway, interface, *match):
        """Every second packet takes the other link."""
        lab.inside("ip", "route", "add", "default", "via", gateway, "dev", interface, "table", "7", role=role)
        lab.inside("ip", "rule", "add", "fwmark", "7", "table", "7", role=role)
        words = "-t", "mangle", "-A", chain, "-p", "udp", *match, *NTH, "2", "--packet", "1", "-j", "MARK", "--set-mark", "7"
        lab.inside("iptables", *words, role=role)

    def test_what_is_dropped_of_a_session_that_leaves_by_two_uplinks_is_told_by_its_rule(self):
        lab = self.lab_with_second_link("server", "wan1", "198.51.100.1", "198.51.100.9")
        lab.inside("iptables", "-I", "FORWARD", "-o", "wan1", "-j", "ACCEPT")
        self.take_turns(lab, "firewall", "PREROUTING", "198.51.100.9", "wan1", "--dport", "91")
        words = "POSTROUTING", "-o", "wan1", "-p", "udp", *NTH, "3", "--packet", "0", "-j", "DROP"
        lab.inside("iptables", "-t", "mangle", "-A", *words)
        comparison = self.compare(lab, *WORDS, "-i", "wan1")
        lab.datagrams(30, port=91)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 5}, answer.evidence)
        self.assertIn("mangle POSTROUTING", answer.evidence)

    def test_what_is_dropped_of_a_session_that_comes_in_by_two_uplinks_is_told_by_its_rule(self):
        lab = self.lab_with_second_link("server", "wan1", "198.51.100.1", "198.51.100.9")
        self.take_turns(lab, "server", "OUTPUT", "198.51.100.1", "eth1", "--sport", "91")
        words = "PREROUTING", "-i", "wan1", "-p", "udp", *NTH, "3", "--packet", "0", "-j", "DROP"
        lab.inside("iptables", "-t", "raw", "-A", *words)
        comparison = self.compare(lab, *WORDS, "-i", "wan1")
        with lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as far, lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            far.bind((lab.server.inet, 91))
            near.connect((lab.server.inet, 91))
            near.settimeout(10)
            for _ in range(12):
                near.send(b"there")
                far.sendto(b"and back", far.recvfrom(100)[1])
            for _ in range(10):
                near.recv(100)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-before-conntrack": 2}, answer.evidence)
        self.assertIn("raw PREROUTING", answer.evidence)

    def test_packets_that_the_firewall_answers_with_errors_were_not_passed_on(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for life in 1, 1, 64, 64:  # as a traceroute whose ports do not change
                near.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, life)
                near.sendto(b"how far", (lab.server.inet, 91))
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 2}, answer.evidence)
        self.assertIn("the firewall itself answered 2 of its packets with ICMP errors", answer.evidence)

    def test_a_next_host_that_does_not_answer_is_named(self):
        lab = self.lab_with_accounting()
        lab.inside("ip", "route", "add", "203.0.113.0/24", "via", "192.0.2.254")
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for _ in range(3):
                for address in "192.0.2.77", "203.0.113.5":
                    near.sendto(b"is it there", (address, 91))
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 6}, answer.evidence)
        self.assertIn("192.0.2.77 does not answer who looks for it on the link", answer.evidence)
        self.assertIn("192.0.2.254, the next on their way, does not answer", answer.evidence)

    def test_an_interface_that_is_made_anew_is_compared_again(self):
        lab = self.lab_with_second_link("server", "wan1", "198.51.100.1", "198.51.100.9")
        comparison = self.compare(lab, "-i", "lan0", "-i", "wan1", "-o", "json")
        lab.inside("ip", "link", "delete", "wan1")
        other = "eth1", "netns", f"{lab.prefix}-server"
        lab.inside("ip", "link", "add", "wan1", "type", "veth", "peer", "name", *other)
        for place, name, address in ("firewall", "wan1", "198.51.100.1"), ("server", "eth1", "198.51.100.9"):
            lab.inside("ip", "address", "add", f"{address}/24", "dev", name, role=place)
            lab.inside("ip", "link", "set", name, "up", role=place)
        comparison.until_said("wan1")
        lab.inside("iptables", "-A", "FORWARD", "-o", "wan1", "-j", "ACCEPT")
        lab.inside("ip", "route", "add", "10.0.0.0/24", "via", "198.51.100.1", "dev", "eth1", role="server")
        with lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind(("198.51.100.9", 81))
            with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
                for _ in range(6):
                    near.sendto(b"by the new one", ("198.51.100.9", 81))
                    sink.recv(100)
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {}, answer.evidence)

    def test_what_a_loopback_splits_or_joins_is_told_as_that(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab, "-i", "lo", "-o", "json")
        with lab.firewall.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.bind(("127.0.0.1", 8080))
            listener.listen()
            with lab.firewall.socket(socket.AF_INET, socket.SOCK_STREAM) as near:
                near.connect(("127.0.0.1", 8080))
                far, _ = listener.accept()
                with far:
                    self.exchange(near, far)
        answer = comparison.answer()
        self.assertLessEqual(set(answer.reasons), {"aggregated"}, answer.evidence)
        self.assertEqual(answer.summary["sessions"], 1)
