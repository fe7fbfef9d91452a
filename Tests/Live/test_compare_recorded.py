"""`nfmon compare -r`: savefiles of one period, and what they say of themselves."""

import json
import os
import socket

from comparison import Answer, CompareTest
from nfmon import IO, finish


class CompareRecorded(CompareTest):
    def answer_of(self, *files):
        found = finish("compare", "-o", "json", "-r", *files)
        self.assertEqual(found.returncode, 0, found.stderr)
        return Answer(json.loads(found.stdout))

    def recorded(self, lab, places, call, size=300):
        """What recordings of these places have of what `call` does: a path for each, by its name."""
        directory = self.directory()
        paths = {name: directory / name for name in places}
        recorders = [self.closing(lab.record(*words[:2], paths[name], *words[2:])) for name, words in places.items()]
        call()
        for path in paths.values():
            self.until(lambda: os.path.getsize(path) > size, f"{path} has something")
        for recorder in recorders:
            self.assertEqual(recorder.stop(), 0, recorder.talk)
        return paths

    def test_savefiles_of_one_period_are_compared(self):
        lab = self.lab_with_accounting()
        lab.inside("iptables", "-t", "raw", "-A", "PREROUTING", "-p", "udp", "--dport", "81", "-j", "DROP")
        directory = self.directory()
        frames, netfilter = directory / "frames.pcap", directory / "netfilter.pcap"
        recorders = [
            self.closing(lab.record("-i", "lan0", frames)), self.closing(lab.record(netfilter)),
        ]
        lab.datagrams(7, port=81)
        lab.datagrams(5, port=82)
        lab.flush()
        self.until(lambda: os.path.getsize(netfilter) > 600, "the end is written")
        for recorder in recorders:
            self.assertEqual(recorder.stop(), 0, recorder.talk)
        found = finish("compare", "-o", "json", "-r", frames, netfilter)
        self.assertEqual(found.returncode, 0, found.stderr)
        answer = Answer(json.loads(found.stdout))
        # Nobody knows the rules of then: what lacks is told, and not why.
        self.assertEqual(answer.of(82), {})
        self.assertEqual(answer.of(81), {"unexplained": 7})
        words = "compare", "-o", "json", "--capture-filter", "udp port 82", "-r", frames, netfilter
        chosen = Answer(json.loads(finish(*words).stdout))
        self.assertEqual((chosen.reasons, chosen.summary["sessions"]), ({}, 1))
        for words in ("udp", "port", "82", "-r", frames, netfilter), ("-r", frames, netfilter, "--", "udp", "port", "82"):
            same = Answer(json.loads(finish("compare", "-o", "json", *words).stdout))
            self.assertEqual((same.reasons, same.summary["sessions"]), ({}, 1))
        refused = finish("compare", "-r", frames, "udp", "port", "82")
        self.assertIn("a filter stands in front of it", refused.stderr)
        # What is a file, and cannot be read, is no word of a filter.
        refused = finish("compare", "-r", frames, directory.path)
        self.assertEqual(refused.returncode, IO, refused.stderr)
        self.assertIn(f"read savefile {directory.path}: is a directory", refused.stderr)
        self.assertNotIn("a filter", refused.stderr)

    def test_savefiles_of_two_interfaces_are_two_places_and_rotated_ones_are_one(self):
        lab = self.lab_with_accounting()
        directory = self.directory()
        files = [directory / name for name in ("lan.pcap", "wan.pcap", "netfilter.pcap")]
        places = ("-i", "lan0"), ("-i", "wan0"), ()
        recorders = [self.closing(lab.record(*place, path)) for place, path in zip(places, files)]
        # IPv6 is not translated: both interfaces show the same.
        with lab.server.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sink:
            sink.bind((lab.server.inet6, 53))
            with lab.client.socket(socket.AF_INET6, socket.SOCK_DGRAM) as near:
                near.connect((lab.server.inet6, 53))
                for _ in range(6):
                    near.send(b"there and back")
                    sink.sendto(b"and back", sink.recvfrom(100)[1])
                    near.recv(100)
        lab.flush()
        self.until(lambda: os.path.getsize(files[2]) > 600, "the end is written")
        for recorder in recorders:
            self.assertEqual(recorder.stop(), 0, recorder.talk)
        answer = Answer(json.loads(finish("compare", "-o", "json", "-r", *files).stdout))
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertEqual(answer.summary["lanes"]["packet"]["packets"], 12)
        parts = directory / "part0.pcap", directory / "part1.pcap"
        for path, chosen in zip(parts, ("1-5", "6-100")):
            self.program(["editcap", "-F", "nsecpcap", "-r", str(files[0]), str(path), chosen]).wait()
        answer = Answer(json.loads(finish("compare", "-o", "json", "-r", *parts, files[2]).stdout))
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertEqual(answer.summary["lanes"]["packet"]["packets"], 12)

    def test_a_connection_that_is_denied_is_one_however_often_it_is_tried(self):
        lab = self.lab_with_accounting()
        lab.log("lan-out", "-m", "conntrack", "--ctstate", "NEW")

        def connect():
            with lab.client.socket(socket.AF_INET, socket.SOCK_STREAM) as near:
                near.settimeout(2.5)  # after one second it tries again
                with self.assertRaises(TimeoutError):
                    near.connect((lab.server.inet, 22))
            lab.datagrams(2, port=81)
            lab.flush()

        places = {
            "firewall.pcap": (), "both.pcapng": ("-i", "lan0", "-i", "wan0"), "lan.pcap": ("-i", "lan0"),
            "wan.pcap": ("-i", "wan0"), "web.pcapng": ("-i", "lan0", "not", "port", "22"),
        }
        paths = self.recorded(lab, places, connect, size=200)
        tries = lab.logged_count("drop:ssh-bruteforce", chain="SSH")
        self.assertGreater(tries, 1)
        for names in ("both.pcapng",), ("lan.pcap", "wan.pcap"), ("lan.pcap",):
            with self.subTest(names):
                answer = self.answer_of(*(paths[name] for name in names), paths["firewall.pcap"])
                self.assertEqual(answer.reasons, {"denied": tries}, answer.evidence)
                self.assertEqual(answer.summary["sessions"], 2)
        # What the filter in the file left out is nothing that the capture lacks.
        answer = self.answer_of(paths["web.pcapng"], paths["firewall.pcap"])
        self.assertEqual((answer.reasons, answer.summary["filtered"]), ({}, 1), answer.evidence)

    def test_files_are_called_by_their_names(self):
        lab = self.lab_with_accounting()
        rule = "PREROUTING", "-p", "udp", "--dport", "81", "-j", "CT", "--notrack"
        lab.inside("ip6tables", "-t", "raw", "-A", *rule)

        def send():
            with lab.client.socket(socket.AF_INET6, socket.SOCK_DGRAM) as near:
                for port in 81, 82:
                    near.sendto(b"nobody takes it", (lab.server.inet6, port))
            lab.flush()

        lab.inside("ip6tables", "-I", "FORWARD", "-p", "udp", "-j", "ACCEPT")
        places = {"lan.pcap": ("-i", "lan0"), "wan.pcap": ("-i", "wan0"), "netfilter.pcap": ()}
        paths = self.recorded(lab, places, send, size=100)
        answer = self.answer_of(*paths.values())
        self.assertEqual(answer.of(81), {"untracked": 1}, answer.evidence)
        self.assertIn("it came in by lan.pcap and left by wan.pcap", answer.evidence)

    def test_filters_that_files_have_are_weighed_or_told(self):
        lab = self.lab_with_accounting()

        def send():
            for port in 81, 82:
                lab.datagrams(4, port=port)
            lab.flush()

        places = {
            "one.pcapng": ("-i", "lan0", "udp", "port", "82"), "wan.pcapng": ("-i", "wan0"), "netfilter.pcap": (),
            "large.pcapng": ("-i", "lan0", "greater", "60", "or", "udp", "port", "82"),
        }
        paths = self.recorded(lab, places, send)
        netfilter = paths["netfilter.pcap"]
        answer = self.answer_of(paths["one.pcapng"], netfilter)
        self.assertEqual((answer.reasons, answer.summary["filtered"]), ({}, 1), answer.evidence)
        # The other capture has no filter: it is compared with what that saw.
        answer = self.answer_of(paths["one.pcapng"], paths["wan.pcapng"], netfilter)
        self.assertEqual((answer.reasons, answer.summary["filtered"]), ({}, 0), answer.evidence)
        answer = self.answer_of(paths["large.pcapng"], netfilter)
        self.assertEqual(answer.reasons, {}, answer.evidence)
        self.assertIn("the filter greater 60 or udp port 82, which cannot be asked of sessions", " ".join(answer.summary["notes"]))
