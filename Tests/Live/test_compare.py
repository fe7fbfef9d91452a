"""`nfmon compare`: lanes that tell the same of clean traffic, and one disturbance at a time, which is found and named."""

import json
import signal
import socket
import threading

from comparison import WORDS, CompareTest
from nfmon import finish

# What is no disagreement: the same packets, counted in another way.
COUNTING = {"aggregated", "fragments"}
BULK = 4 << 20


class Compare(CompareTest):
    def aggregate(self, lab, *ends):
        """Lets TCP send as many segments at once as it likes by these interfaces; by the others each goes alone."""
        for role, interface in ends:
            lab.inside("ip", "link", "set", interface, "gso_max_segs", "65535", role=role)

    def bulk(self, lab, family, port):
        """A TCP transfer there and back, to its end."""
        near, far, _ = lab.connect(port=port, family=family)
        with near, far:
            for sender, receiver in (near, far), (far, near):
                thread = threading.Thread(target=sender.sendall, args=(bytes(BULK),))
                thread.start()
                left = BULK
                while left:
                    left -= len(receiver.recv(min(left, 1 << 20)))
                thread.join()

    def pieces(self, lab, family):
        """Datagrams that are too long for a frame."""
        with lab.server.socket(family, socket.SOCK_DGRAM) as sink, lab.client.socket(family, socket.SOCK_DGRAM) as near:
            sink.bind((lab.server.address(family), 5353))
            for _ in range(7):
                near.sendto(bytes(4000), (lab.server.address(family), 5353))
                self.assertEqual(len(sink.recv(65536)), 4000)

    def assert_agrees(self, answer):
        self.assertLessEqual(set(answer.reasons), COUNTING, json.dumps(answer.sessions, indent=1))
        agreement = answer.summary["capture_agreement"]
        self.assertEqual(agreement["packets"], agreement["agreed_packets"])
        self.assertEqual(agreement["bytes"], agreement["agreed_bytes"])
        self.assertGreater(agreement["packets"], 0)

    def test_clean_traffic_is_told_the_same_by_all_lanes_with_offloading_and_without(self):
        hosts = ("client", "eth0"), ("server", "eth0")
        firewall = ("firewall", "lan0"), ("firewall", "wan0")
        # Not at all; everywhere; and what comes in together leaves in segments.
        for ends in (), hosts + firewall, hosts:
            with self.subTest(aggregating=ends):
                lab = self.lab_with_accounting()
                self.aggregate(lab, *ends)
                for command in "iptables", "ip6tables":
                    # Headers only, so that the socket holds them all.
                    words = "-j", "NFLOG", "--nflog-group", "100", "--nflog-prefix", "all", "--nflog-size", "128"
                    lab.inside(command, "-I", "FORWARD", *words)
                comparison = self.compare(lab)
                for family in socket.AF_INET, socket.AF_INET6:
                    self.bulk(lab, family, 443)
                    self.pieces(lab, family)
                lab.datagrams(50, port=9)
                lab.drive(udp=5, ping=3, dnat=2)
                answer = comparison.answer()
                self.assert_agrees(answer)
                self.assertGreaterEqual(answer.summary["sessions"], 12)
                self.assertEqual("aggregated" in answer.reasons, ends == hosts)
                nflog = answer.summary["nflog_agreement"]
                self.assertEqual(nflog["packets"], nflog["agreed_packets"])

    def test_where_nothing_differs_one_line_says_so(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab, "-i", "lan0", "-i", "wan0")
        lab.datagrams(5)
        self.assertEqual(comparison.stop(), 0)
        self.assertIn("nothing differs: conntrack, nflog, capture tell the same of 1 session", comparison.lines()[0].decode())

    def test_a_drop_in_raw_is_named(self):
        for tool in "iptables", "nft":
            with self.subTest(tool):
                lab = self.lab_with_accounting()
                if tool == "iptables":
                    lab.inside("iptables", "-t", "raw", "-A", "PREROUTING", "-p", "udp", "--dport", "81", "-j", "DROP")
                else:
                    lab.inside(
                        "nft",
                        "table inet early { chain c { type filter hook prerouting priority raw; udp dport 81 counter drop; }; }",
                    )
                comparison = self.compare(lab)
                lab.datagrams(7, port=81)
                lab.datagrams(5, port=82)
                answer = comparison.answer()
                self.assertEqual(answer.reasons, {"dropped-before-conntrack": 7}, answer.evidence)
                self.assertEqual(answer.of(81), {"dropped-before-conntrack": 7})
                self.assertIn("its counter rose by 7", answer.evidence)

    def test_a_drop_in_filter_is_denied_by_its_rule(self):
        lab = self.lab_with_accounting()
        lab.inside("iptables", "-I", "FORWARD", "-p", "udp", "--dport", "81", "-j", "DROP")
        comparison = self.compare(lab)
        lab.datagrams(7, port=81)
        lab.datagrams(5, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 7}, answer.evidence)
        self.assertEqual(answer.of(81), {"denied": 7})
        self.assertRegex(answer.evidence, "rule ip filter FORWARD: .*dport 81 .*(drop|DROP)")

    def test_a_drop_that_is_logged_is_denied_by_the_name_it_logs(self):
        lab = self.lab_with_accounting()
        lab.inside("iptables", "-I", "FORWARD", "-p", "udp", "--dport", "81", "-j", "DROP")
        lab.log("drop:no-81", "-p", "udp", "--dport", "81")
        comparison = self.compare(lab)
        lab.datagrams(7, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 7}, answer.evidence)
        self.assertIn("rule no-81 logged that it denied 7 packets (drop)", answer.evidence)

    def test_a_drop_behind_conntrack_is_one_of_packets_that_it_counted(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        lab.datagrams(5, port=81)
        lab.inside("iptables", "-t", "mangle", "-A", "POSTROUTING", "-p", "udp", "--dport", "81", "-j", "DROP")
        lab.datagrams(7, port=81)
        lab.datagrams(5, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 7}, answer.evidence)
        self.assertEqual(answer.of(81), {"dropped-after-conntrack": 7})

    def test_what_postrouting_never_let_out_conntrack_never_kept(self):
        lab = self.lab_with_accounting()
        lab.inside("iptables", "-t", "mangle", "-A", "POSTROUTING", "-p", "udp", "--dport", "81", "-j", "DROP")
        comparison = self.compare(lab)
        lab.datagrams(7, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 7}, answer.evidence)

    def test_notrack_is_named(self):
        lab = self.lab_with_accounting()
        lab.inside("iptables", "-t", "raw", "-A", "PREROUTING", "-p", "udp", "--dport", "81", "-j", "CT", "--notrack")
        lab.inside("iptables", "-I", "FORWARD", "-p", "udp", "-j", "ACCEPT")
        comparison = self.compare(lab)
        lab.datagrams(7, port=81)
        lab.datagrams(5, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"untracked": 7}, answer.evidence)
        self.assertRegex(answer.evidence, "rule ip raw PREROUTING: .*dport 81 .*notrack")

    def test_notrack_is_named_though_the_host_answers(self):
        lab = self.lab_with_accounting()
        lab.inside("iptables", "-t", "raw", "-A", "PREROUTING", "-p", "udp", "--dport", "81", "-j", "CT", "--notrack")
        lab.inside("iptables", "-I", "INPUT", "-p", "udp", "-j", "ACCEPT")
        comparison = self.compare(lab)
        # Nobody listens there: the host says so, of each as long as it may (icmp_ratelimit).
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for _ in range(4):
                near.sendto(b"nfmon", ("10.0.0.1", 81))
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"untracked": 4}, answer.evidence)
        self.assertEqual(answer.certainties, {True}, answer.evidence)

    def test_a_rule_that_logs_a_part_is_named(self):
        lab = self.lab_with_accounting()
        lab.log("some", "-m", "statistic", "--mode", "nth", "--every", "4", "--packet", "0")
        comparison = self.compare(lab)
        lab.datagrams(20, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"sampled": 15}, answer.evidence)
        self.assertRegex(answer.evidence, "logs only what meets (numgen|statistic)")

    def test_what_no_rule_logs_is_not_logged(self):
        lab = self.lab_with_accounting()
        lab.log("web", "-p", "udp", "--dport", "80")
        comparison = self.compare(lab)
        lab.datagrams(5, port=80)
        lab.datagrams(7, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertEqual(answer.summary["not_logged"], 1)

    def test_a_rule_for_one_way_does_not_log_the_other(self):
        lab = self.lab_with_accounting()
        lab.log("there", "-i", "lan0")
        comparison = self.compare(lab)
        lab.drive(udp=1)
        answer = comparison.answer()
        self.assertEqual(set(answer.reasons), {"not-logged"}, answer.evidence)

    def test_without_accounting_that_is_the_reason(self):
        lab = self.lab_with_accounting()
        lab.sysctl(nf_conntrack_acct=0)
        comparison = self.compare(lab)
        lab.datagrams(7, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"accounting-off": 7}, answer.evidence)

    def test_a_session_that_passes_another_interface_is_that(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab, "-i", "wan0", "-o", "json")
        lab.inside("iptables", "-I", "INPUT", "-p", "udp", "-j", "ACCEPT")
        with lab.firewall.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind(("10.0.0.1", 81))
            with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
                for _ in range(6):
                    near.sendto(b"to the firewall itself", ("10.0.0.1", 81))
        lab.datagrams(5, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"other-interface": 6}, answer.evidence)
        self.assertEqual(answer.of(81), {"other-interface": 6})

    def test_what_the_filter_leaves_out_is_not_missing(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab, *WORDS, "udp", "port", "82")
        lab.datagrams(5, port=81)
        lab.datagrams(5, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertEqual((answer.summary["sessions"], answer.summary["filtered"]), (1, 1))

    def test_a_filter_for_one_way_or_one_side_of_a_translation_misses_nothing_of_the_other(self):
        lab = self.lab_with_accounting()
        for words in ("src", "host", "10.0.0.7"), ("not", "src", "host", "192.0.2.1"), ("dst", "port", "53"):
            with self.subTest(words):
                comparison = self.compare(lab, *WORDS, *words)
                lab.drive(udp=2, tcp=1)
                answer = comparison.answer()
                self.assertEqual(answer.reasons, {}, answer.evidence)
                self.assertGreaterEqual(answer.summary["sessions"], 2)

    def test_traffic_from_before_is_told_as_that(self):
        lab = self.lab_with_accounting()
        lab.datagrams(9, port=81)
        comparison = self.compare(lab)
        lab.datagrams(5, port=81)
        lab.datagrams(5, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"started-before": 9}, answer.evidence)
        self.assertEqual(answer.of(81), {"started-before": 9})
        self.assert_counts_agree(answer)

    def assert_counts_agree(self, answer):
        agreement = answer.summary["capture_agreement"]
        self.assertEqual(agreement["packets"], agreement["agreed_packets"])

    def test_a_session_that_was_idle_is_not_compared(self):
        lab = self.lab_with_accounting()
        lab.datagrams(9, port=81)
        comparison = self.compare(lab)
        answer = comparison.answer()
        self.assertEqual((answer.summary["sessions"], answer.summary["idle"]), (0, 1))

    def test_what_each_path_loses_is_its_own_and_explains_no_more_than_it_lost(self):
        for lane, option, size in (
            ("packet", "--packet-buffer", "256K"),
            ("nflog", "--nflog-buffer", "64K"),
            ("conntrack", "--conntrack-buffer", "64K"),
        ):
            with self.subTest(lane):
                lab = self.lab_with_accounting()
                lab.log("all")
                comparison = self.compare(lab, *WORDS, option, size)
                # While it stands still, nothing is taken from the kernel.
                comparison.process.send_signal(signal.SIGSTOP)
                lab.datagrams(6000, port=81, first_source_port=None if lane != "conntrack" else 10_000)
                if lane == "conntrack":
                    lab.flush()
                comparison.process.send_signal(signal.SIGCONT)
                answer = comparison.answer()
                lost = answer.summary["lanes"][lane]["lost"]
                self.assertGreater(lost, 0)
                self.assertEqual(set(answer.reasons), {"lost-by-source"}, answer.evidence[:2000])
                if lane != "conntrack":
                    self.assertLessEqual(answer.reasons["lost-by-source"], lost)
                others = {"packet", "nflog", "conntrack"} - {lane}
                self.assertEqual({answer.summary["lanes"][other]["lost"] for other in others}, {0})

    def test_it_needs_an_interface_or_a_file_and_two_lanes(self):
        for words in (), ("-i", "lo", "--no-conntrack", "--no-nflog"), ("-r", "x", "--for", "1s"), ("-r", "x", "x"), ("-i", "lo", "inbound"):
            refused = finish("compare", *words)
            self.assertEqual(refused.returncode, 64, refused.stderr)
