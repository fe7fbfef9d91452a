"""`nfmon compare` where a reason is near at hand that is not, or not wholly, the true one."""

import json
import os
import socket
import struct
import time

from comparison import WORDS, Answer, CompareTest
from lab import datagram
from nfmon import finish

# Nanoseconds: what is less than a second apart is of one moment for a comparison (`Comparison.edge`).
QUIET = 1_100_000_000


class CompareBounds(CompareTest):
    def test_where_conntrack_tells_no_events_nothing_is_called_untracked(self):
        lab = self.lab_with_accounting()
        lab.sysctl(nf_conntrack_events=0)
        comparison = self.compare(lab)
        lab.datagrams(7, port=81)
        lab.flush()
        then = time.monotonic_ns()
        self.until(lambda: time.monotonic_ns() - then > QUIET, "the session is quiet")
        answer = comparison.answer()
        # Without conntrack nobody knows that what came in and what left translated is one.
        self.assertEqual(answer.reasons, {"events-off": 14}, answer.evidence)

    def test_where_a_rule_hides_a_sessions_events_it_is_not_called_untracked(self):
        for command in (
            ("iptables", "-t", "raw", "-A", "PREROUTING", "-p", "udp", "--dport", "81", "-j", "CT", "--ctevents", "mark"),
            ("nft", "add table ip t; add chain ip t c { type filter hook prerouting priority 0; }; "
                    "add rule ip t c udp dport 81 ct event set label"),
        ):
            with self.subTest(rule=command):
                lab = self.lab_with_accounting()
                # By itself the kernel heeds CT's events only of rules that are made while somebody listens.
                lab.sysctl(nf_conntrack_events=1)
                lab.inside(*command)
                comparison = self.compare(lab)
                lab.datagrams(7, port=81)
                self.until(lambda: lab.entry_count() > 0, "conntrack has the session")
                lab.flush()
                answer = comparison.answer()
                # Without conntrack nobody knows that what came in and what left translated is one.
                self.assertEqual(answer.reasons, {"events-off": 14}, answer.evidence)
                self.assertIn("event", answer.evidence)

    def test_where_conntracks_events_were_off_for_a_while_that_is_said_of_what_began_then(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        lab.datagrams(5, port=81)
        lab.sysctl(nf_conntrack_events=0)
        begin = time.monotonic_ns()
        lab.datagrams(7, port=82)
        lab.flush()
        self.until(lambda: time.monotonic_ns() - begin > 300_000_000, "they were off for a while")
        lab.sysctl(nf_conntrack_events=2)
        # A look at the setting finds them on again.
        then = time.monotonic_ns()
        self.until(lambda: time.monotonic_ns() - then > QUIET, "the session is quiet")
        lab.datagrams(4, port=83)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"events-off": 14}, answer.evidence)
        self.assertEqual(answer.of(82), {"events-off": 14}, answer.evidence)
        self.assertIn("nf_conntrack_events was 0 for a while", answer.evidence)
        self.assertTrue(any("were off for a while" in note for note in answer.summary["notes"]), answer.summary)

    def test_packets_that_conntrack_finds_invalid_are_that(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        lab.inside("iptables", "-I", "FORWARD", "-p", "tcp", "-j", "ACCEPT")
        with lab.client.namespace:
            near = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        with near:
            for _ in range(3):
                # A checksum of 0 is wrong: conntrack makes nothing of such a segment, and lets it pass.
                segment = struct.pack("!HHIIBBHHH", 5000, 443, 1, 1, 0x50, 0x10, 1024, 0, 0)
                packet = bytearray(datagram(lab.client.inet, lab.server.inet, 0, 0))[:20]
                packet[9] = socket.IPPROTO_TCP
                near.sendto(bytes(packet) + segment, (lab.server.inet, 0))
        answer = comparison.answer()
        self.assertEqual(set(answer.reasons), {"invalid"}, answer.evidence)
        self.assertEqual(answer.reasons["invalid"], 3)
        self.assertIn("found 3 packets invalid", answer.evidence)

    def test_a_rule_that_logs_and_came_later_is_not_surely_why_the_first_packets_are_not_logged(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        lab.datagrams(20, port=81)
        lab.log("late")
        lab.datagrams(40, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"sampled": 20}, answer.evidence)
        self.assertEqual(answer.certainties, {False}, answer.evidence)
        self.assertIn("and is new: what passed before did not come to it", answer.evidence)
        self.assertIn("the firewall's rules changed meanwhile: one is new", answer.evidence)

    def test_which_of_two_sessions_a_rule_with_a_set_took_nobody_can_tell(self):
        lab = self.lab_with_accounting()
        chain = "type filter hook forward priority -5; udp dport @s counter drop;"
        lab.inside("nft", f"table inet t {{ set s {{ type inet_service; elements = {{ 82 }}; }}; chain c {{ {chain} }}; }}")
        comparison = self.compare(lab)
        # What comes and goes between two looks at the rules nobody knows.
        rule = "PREROUTING", "-p", "udp", "--dport", "81", "-j", "DROP"
        lab.inside("iptables", "-t", "raw", "-A", *rule)
        lab.datagrams(7, port=81)
        lab.inside("iptables", "-t", "raw", "-D", *rule)
        lab.datagrams(7, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"unexplained": 14}, answer.evidence)
        sentence = "its counter rose by 7: enough for one only of the sessions that lack such packets"
        self.assertEqual(answer.evidence.count(sentence), 2, answer.evidence)

    def test_fragments_that_a_filter_for_ports_leaves_out_are_not_missing(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab, *WORDS, "udp", "port", "81")
        for family, address in (socket.AF_INET, lab.server.inet), (socket.AF_INET6, lab.server.inet6):
            with lab.client.socket(family, socket.SOCK_DGRAM) as near:
                for _ in range(3):
                    near.sendto(bytes(4000), (address, 81))
        answer = comparison.answer()
        # Of IPv4 the first pieces show the ports, of IPv6 none.
        self.assertEqual(answer.reasons, {"fragments": 3}, answer.evidence)
        self.assertEqual(answer.summary["reasons"]["fragments"]["sessions"], 2)
        self.assertIn("3 of 3 packets are the first fragments of datagrams", answer.evidence)
        self.assertIn("they may have come in pieces", answer.evidence)

    def drop(self, lab, ports):
        """A rule that drops datagrams to these ports, and counts them."""
        chain = f"type filter hook forward priority -5; udp dport {ports} counter drop;"
        lab.inside("nft", f"table inet t {{ chain c {{ {chain} }}; }}")

    def probe(self, lab, count, port, ttl=64, size=1):
        """Datagrams from one port that must not be fragmented."""
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            near.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
            # IP_MTU_DISCOVER, IP_PMTUDISC_PROBE: what was learned of the way is not regarded.
            near.setsockopt(socket.IPPROTO_IP, 10, 3)
            for _ in range(count):
                near.sendto(b"x" * size, (lab.server.inet, port))

    def certain(self, answer):
        return {
            (difference["reason"], difference["certain"])
            for entry in answer.sessions for difference in entry["differences"]}

    def test_what_the_host_answered_of_a_traceroute_a_rule_did_not_drop(self):
        lab = self.lab_with_accounting()
        lab.inside("sysctl", "-qw", "net.ipv4.icmp_ratelimit=0")
        self.drop(lab, "33434-33534")
        comparison = self.compare(lab)
        for number in range(15):
            self.probe(lab, 1, 33434 + number, ttl=1 + number // 3)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 3, "denied": 12}, answer.evidence)
        self.assertEqual(self.certain(answer), {("dropped-after-conntrack", False), ("denied", True)})
        for number in range(3):
            self.assertEqual(answer.of(33434 + number), {"dropped-after-conntrack": 1}, answer.evidence)

    def test_what_was_too_large_for_the_next_link_a_rule_did_not_drop(self):
        lab = self.lab_with_accounting()
        lab.inside("sysctl", "-qw", "net.ipv4.icmp_ratelimit=0")
        lab.inside("ip", "link", "set", "wan0", "mtu", "1000")
        self.drop(lab, "81-82")
        comparison = self.compare(lab)
        self.probe(lab, 6, 81, size=1200)
        self.probe(lab, 6, 82)
        answer = comparison.answer()
        self.assertEqual(answer.of(81), {"dropped-after-conntrack": 6}, answer.evidence)
        self.assertEqual(answer.of(82), {"denied": 6}, answer.evidence)
        self.assertEqual(self.certain(answer), {("dropped-after-conntrack", False), ("denied", True)})

    def test_of_whom_a_rule_took_what_it_counted_is_not_sure_where_more_is_missing(self):
        lab = self.lab_with_accounting()
        # The host answers none of those that come to their end.
        lab.inside("nft", "table inet o { chain c { type filter hook output priority 0; icmp type time-exceeded drop; }; }")
        self.drop(lab, "81-82")
        comparison = self.compare(lab)
        self.probe(lab, 5, 81, ttl=1)
        self.probe(lab, 5, 82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"denied": 5, "dropped-after-conntrack": 5}, answer.evidence)
        self.assertEqual(answer.certainties, {False}, answer.evidence)
        self.assertEqual(answer.evidence.count("IpInHdrErrors rose by 5"), 2, answer.evidence)
        self.assertEqual(answer.evidence.count("counter drop means these packets, and its counter rose by 5"), 2)

    def test_of_two_rules_that_took_some_of_a_session_each_has_its_part(self):
        lab = self.lab_with_accounting()
        # Ten of fifty before conntrack, and one of four of the others behind it.
        words = "-p", "udp", "-m", "limit", "--limit", "1/min", "--limit-burst", "10", "-j", "DROP"
        lab.inside("iptables", "-t", "raw", "-A", "PREROUTING", *words)
        words = "-p", "udp", "-m", "statistic", "--mode", "nth", "--every", "4", "--packet", "3", "-j", "DROP"
        lab.inside("iptables", "-I", "FORWARD", *words)
        comparison = self.compare(lab)
        lab.datagrams(50, port=81)
        answer = comparison.answer()
        expected = {"dropped-before-conntrack": 10, "dropped-after-conntrack": 10}
        self.assertEqual(answer.reasons, expected, answer.evidence)
        self.assertEqual(answer.certainties, {False}, answer.evidence)

    def test_what_a_rule_dropped_before_it_came_to_the_one_that_logs_is_not_sampled(self):
        lab = self.lab_with_accounting()
        lab.log("rest")
        words = "-p", "udp", "-m", "statistic", "--mode", "nth", "--every", "4", "--packet", "3", "-j", "DROP"
        lab.inside("iptables", "-I", "FORWARD", *words)
        comparison = self.compare(lab, "-i", "lan0", "-o", "json")
        lab.datagrams(40, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"dropped-after-conntrack": 10}, answer.evidence)
        self.assertEqual(answer.certainties, {False}, answer.evidence)

    def test_logged_packets_that_cannot_be_read_are_lost_by_the_source_now_and_in_a_replay(self):
        lab = self.lab_with_accounting()
        # Of a header that is cut nobody knows whose it is.
        words = "-p", "udp", "-j", "NFLOG", "--nflog-group", str(lab.group), "--nflog-size", "8"
        lab.inside("iptables", "-I", "FORWARD", *words)
        file = self.directory() / "netfilter.pcap"
        comparison = self.compare(lab)
        lab.datagrams(7, port=81)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {"lost-by-source": 7}, answer.evidence)
        self.assertEqual(answer.summary["lanes"]["nflog"]["malformed"], 7)
        self.assertIn("nflog could not read 7 packets", answer.evidence)
        recorder = self.closing(lab.record(file))
        lab.datagrams(5, port=82)
        self.assertEqual(recorder.stop(), 0, recorder.talk)
        replayed = json.loads(finish("sessions", "-o", "json", "-r", file).stdout)
        self.assertEqual(replayed["summary"]["malformed"]["nflog"], 5)

    def test_frames_for_other_hosts_are_counted_and_not_compared(self):
        lab = self.lab_with_accounting()
        lab.inside("ip", "link", "set", "lan0", "promisc", "on")
        words = "10.0.0.99", "lladdr", "02:00:00:00:00:99", "dev", "eth0"
        lab.inside("ip", "neighbour", "add", *words, role="client")
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
            for _ in range(4):
                near.sendto(b"to another", ("10.0.0.99", 81))
        lab.datagrams(5, port=82)
        answer = comparison.answer()
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertEqual((answer.summary["foreign_frames"], answer.summary["sessions"]), (4, 1))

    def test_a_session_that_never_rests_ended_after_at_most(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        answer = self.while_packets_pass(lab, comparison.answer)
        self.assertLessEqual(set(answer.reasons), {"ended-after"}, answer.evidence)
        self.assertEqual(answer.summary["sessions"], 1)

    def test_a_reject_rule_answers_each_packet_once(self):
        lab = self.lab_with_accounting()
        words = "-p", "tcp", "--dport", "81", "-j", "REJECT", "--reject-with", "tcp-reset"
        lab.inside("iptables", "-I", "FORWARD", *words)
        comparison = self.compare(lab)
        with lab.client.socket(socket.AF_INET, socket.SOCK_STREAM) as near:
            with self.assertRaises(ConnectionRefusedError):
                near.connect((lab.server.inet, 81))
        answer = comparison.answer()
        # The segment, and the firewall's answer in the server's name.
        self.assertEqual(answer.reasons, {"denied": 2}, answer.evidence)

    def test_one_tuple_in_two_zones_is_never_taken_for_traffic_of_other_interfaces(self):
        lab = self.lab_with_accounting()
        comparison = self.compare(lab)
        for zone, count in (7, 3), (9, 5):
            rule = "PREROUTING", "-p", "udp", "--sport", "5000", "-j", "CT", "--zone", str(zone)
            lab.inside("iptables", "-t", "raw", "-A", *rule)
            lab.datagrams(count)
            lab.inside("iptables", "-t", "raw", "-D", *rule)
        answer = comparison.answer()
        # What came in showed one tuple: whose it was nobody can say, and how much that is, is counted.
        self.assertLessEqual(set(answer.reasons), {"lost-by-source"}, answer.evidence)
        if answer.reasons:
            self.assertGreater(answer.summary["ambiguous_packets"], 0)

    def test_savefiles_of_different_periods_are_compared_where_they_meet(self):
        lab = self.lab_with_accounting()
        directory = self.directory()
        frames, netfilter = directory / "frames.pcap", directory / "netfilter.pcap"
        capture = self.closing(lab.record("-i", "lan0", frames))
        lab.datagrams(5, port=81)
        self.assertEqual(capture.stop(), 0, capture.talk)
        then = time.monotonic_ns()
        self.until(lambda: time.monotonic_ns() - then > 2 * QUIET, "the next period is another one")
        lab.flush()
        recorder = self.closing(lab.record(netfilter))
        lab.datagrams(7, port=82)
        lab.flush()
        self.until(lambda: os.path.getsize(netfilter) > 300, "the end is written")
        self.assertEqual(recorder.stop(), 0, recorder.talk)
        found = finish("compare", "-o", "json", "-r", frames, netfilter)
        self.assertEqual(found.returncode, 0, found.stderr)
        answer = Answer(json.loads(found.stdout))
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertEqual((answer.summary["sessions"], answer.summary["outside"]), (0, 2))
        self.assertIn("are of different periods", finish("compare", "-o", "compact", "-r", frames, netfilter).stderr)
