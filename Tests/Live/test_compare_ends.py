"""`nfmon compare` at its beginning and at its end: what its lanes do not see at one moment, and what only looks like that."""

import signal
import socket

from comparison import WORDS, CompareTest
from nfmon import Monitor

DROP = "-p", "udp", "--dport", "81", "-j", "DROP"


class CompareEnds(CompareTest):
    def answer_where_a_rule_came_and_went(self, table, chain):
        """Of a comparison of 7 datagrams of which a rule took 4, that was not there when the rules were looked at."""
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        lab.datagrams(3, port=81)
        lab.inside("iptables", "-t", table, "-A", chain, *DROP)
        lab.datagrams(4, port=81)
        lab.inside("iptables", "-t", table, "-D", chain, *DROP)
        return comparison.answer()

    def test_what_nobody_explains_is_unexplained_however_near_the_end(self):
        answer = self.answer_where_a_rule_came_and_went("raw", "PREROUTING")
        self.assertEqual(answer.reasons, {"unexplained": 4}, answer.evidence)

    def test_what_did_not_leave_is_that_however_near_the_end(self):
        answer = self.answer_where_a_rule_came_and_went("mangle", "FORWARD")
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 4}, answer.evidence)
        self.assertIn("did not leave by wan0", answer.evidence)

    def test_a_session_from_before_that_goes_on_over_the_end_is_cut_at_one_moment(self):
        lab = self.lab_with_accounting()
        lab.log("all")
        answer = self.while_packets_pass(lab, lambda: self.compare(lab).answer())
        self.assertLessEqual(set(answer.reasons), {"started-before", "ended-after"}, answer.evidence)
        self.assertEqual(answer.summary["sessions"], 1)
        # What came in and what left are cut at one moment, too: one packet may be between the two.
        for entry in answer.sessions:
            for difference in entry["differences"]:
                if "capture-out" in (difference["more"], difference["fewer"]):
                    self.assertEqual(difference["packets"], 1, answer.evidence)

    def test_what_takes_another_way_amid_the_session_is_not_taken_for_dropped(self):
        lab = self.lab_with_accounting()
        other = "eth1", "netns", f"{lab.prefix}-server"
        lab.inside("ip", "link", "add", "wan1", "type", "veth", "peer", "name", *other)
        for place, name, address in ("firewall", "wan1", "198.51.100.1"), ("server", "eth1", "198.51.100.9"):
            lab.inside("ip", "address", "add", f"{address}/24", "dev", name, role=place)
            lab.inside("ip", "link", "set", name, "up", role=place)
        lab.inside("iptables", "-I", "FORWARD", "-o", "wan1", "-j", "ACCEPT")
        comparison = self.compare(lab)
        lab.datagrams(3, port=81)
        lab.inside("ip", "route", "add", f"{lab.server.inet}/32", "via", "198.51.100.9", "dev", "wan1")
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            near.bind((lab.client.inet, 5000))
            for _ in range(5):
                near.sendto(b"by the other", (lab.server.inet, 81))
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"other-interface": 5}, answer.evidence)
        self.assertIn("wan1", answer.evidence)

    def test_an_interface_that_was_down_is_in_the_evidence(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        lab.datagrams(3, port=81)
        lab.inside("ip", "link", "set", "wan0", "down")
        comparison.until_said("wan0 is down")
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            near.bind((lab.client.inet, 5000))
            for _ in range(4):
                near.sendto(b"nowhere", (lab.server.inet, 81))
        lab.inside("ip", "link", "set", "wan0", "up")
        answer = comparison.answer()
        self.assertIn("wan0 was down for a while", answer.evidence)
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 4}, answer.evidence)
        self.assertIn("InNoRoutes rose by 4", answer.evidence)

    def test_what_an_interface_that_is_down_takes_of_a_session_s_beginning_is_no_riddle(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        lab.inside("ip", "link", "set", "wan0", "down")
        comparison.until_said("wan0 is down")
        lab.datagrams(4, port=81)
        lab.inside("ip", "link", "set", "wan0", "up")
        lab.datagrams(4, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 4}, answer.evidence)
        self.assertEqual(answer.certainties, {False})

    def test_where_routes_changed_a_rule_that_asks_for_the_way_is_not_certain(self):
        for route, is_sure in (None, True), ("203.0.113.0/24", True), ("192.0.2.9/32", False), ("default", False):
            with self.subTest(route=route):
                lab = self.lab_with_accounting()
                lab.inside("iptables", "-I", "FORWARD", "-o", "wan0", *DROP)
                comparison = self.compare(lab)
                lab.datagrams(3, port=81)
                if route:
                    lab.inside("ip", "route", "add", route, "dev", "wan0")
                answer = comparison.answer()
                self.assertEqual(answer.reasons, {"denied": 3}, answer.evidence)
                self.assertEqual(answer.certainties, {is_sure})
                told = [note for note in answer.summary["notes"] if note.startswith("routes, addresses or interfaces")]
                self.assertEqual(len(told), 1 if route else 0)

    def test_connections_that_follow_each_other_at_once_are_none_of_other_interfaces(self):
        lab = self.lab_with_accounting()
        # Without the kernel's stamps a connection begins when nfmon hears of it, on a busy machine after the next one has begun.
        lab.sysctl(nf_conntrack_timestamp=1)
        comparison = self.compare(lab)
        # Nobody listens: each is reset, and its tuple used again within the millisecond.
        for _ in range(8):
            with lab.client.socket(socket.AF_INET, socket.SOCK_STREAM) as near:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                near.bind((lab.client.inet, 5000))
                with self.assertRaises(ConnectionRefusedError):
                    near.connect((lab.server.inet, 81))
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {}, answer.evidence)

    def test_an_entry_from_before_that_goes_meanwhile_is_not_told_as_lost_packets(self):
        lab = self.lab_with_accounting()
        lab.datagrams(5, port=81)
        comparison = self.compare(lab)
        lab.datagrams(4, port=81)
        # Of an entry that was made while nobody listened the kernel tells no end, unless somebody listens elsewhere.
        lab.flush()
        answer = comparison.answer()
        self.assertLessEqual(set(answer.reasons), {"started-before", "events-off"}, answer.evidence)

    def test_what_rules_denied_before_they_let_the_session_in_is_that(self):
        lab = self.lab_with_accounting()
        match = "-p", "udp", "--dport", "91"
        lab.inside("iptables", "-I", "FORWARD", *match, "-j", "DROP")
        lab.log("drop:not-yet", *match)
        comparison = self.compare(lab)
        lab.datagrams(3, port=91)
        self.until(lambda: lab.logged_count("drop:not-yet") == 3, "they are denied")
        for _ in range(2):
            lab.inside("iptables", "-D", "FORWARD", "1")
        lab.datagrams(2, port=91)
        answer = comparison.answer()
        self.assertEqual(answer.of(91)["denied"], 3, answer.evidence)
        self.assertNotIn("unexplained", answer.reasons, answer.evidence)
        self.assertEqual(answer.summary["sessions"], 1)

    def test_an_interrupt_while_it_starts_ends_it(self):
        lab = self.lab_with_accounting()
        for _ in range(20):
            comparison = self.closing(Monitor("compare", "--netns", lab.namespace, *WORDS))
            # As soon as it does not end by itself at an interrupt.
            self.until(
                lambda: int(comparison.status("SigCgt"), 16) >> (signal.SIGINT - 1) & 1, "interrupts are handled")
            comparison.process.send_signal(signal.SIGINT)
            self.until(lambda: comparison.process.poll() is not None, "it ends")
            self.assertEqual(comparison.process.returncode, 0, comparison.talk)
