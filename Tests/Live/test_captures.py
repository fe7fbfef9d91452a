"""Captures of other programs: every link type is read, and what is damaged shows what came before."""

import os
import random
import signal
import socket
import struct

import session
from case import LiveTest
from nfmon import DATA, finish
from processes import run

# What tcpdump is told.
WAYS = {
    "ethernet": ("-i", "lan0"),
    "nanoseconds": ("-i", "lan0", "--time-stamp-precision=nano"),
    "headers": ("-i", "lan0", "-s", "96"),
    "cooked": ("-i", "any", "-y", "LINUX_SLL"),
    "cooked2": ("-i", "any", "-y", "LINUX_SLL2"),
}
LAST = b"the last of them"
LINK_TYPES = {
    "ethernet": 1, "nanoseconds": 1, "headers": 1, "cooked": 113, "cooked2": 276, "raw": 101, "bsd": 12, "nflog": 239,
}


class Captures(LiveTest):
    def capture(self, lab, path, *words, program="tcpdump"):
        """Another program that captures in the firewall, ready to."""
        own = ["-U", "-Z", "root", "-B", "4096"] if program == "tcpdump" else ["-q"]
        capture = self.program(["ip", "netns", "exec", lab.namespace, program, *own, *words, "-w", path])
        capture.until_said("listening on" if program == "tcpdump" else "Capturing on")
        if program == "dumpcap":  # it says so before its file is there
            self.until(lambda: os.path.exists(path) and os.path.getsize(path) > 0, "dumpcap has begun")
        return capture

    def end(self, capture, path, times=1):
        """Ends it once the file has the last datagram of `drive` so often."""
        self.until(lambda: count_of(LAST, path) >= times, f"the last datagram in {path}")
        self.assertEqual(capture.stop(signal.SIGINT), 0, capture.talk)

    def drive(self, lab, **counts):
        """Flows of known counts, and then a datagram to know that all of them were captured."""
        flows = lab.drive(**counts or {"tcp": 2, "udp": 2, "ping": 1})
        with lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind((lab.server.inet, 9))
            with lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
                near.sendto(LAST, (lab.server.inet, 9))
        return flows

    def read(self, path, *words):
        """The sessions of a file, as nfmon shows them."""
        result = finish("sessions", "-r", path, "-o", "ndjson", *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("complete: nothing is known to be lost", result.stderr)
        return session.parse_events(result.stdout.splitlines())

    def assert_shows(self, path, flows):
        """The flows are among the sessions, each once."""
        shown = [session.without_icmp_id(session.key_of(row)) for row in self.read(path)]
        for key in map(session.key_of_flow, flows):
            self.assertEqual(shown.count(key), 1, (key, shown))
        return shown

    def test_what_tcpdump_writes_of_each_link_type_is_read(self):
        lab = self.make_lab()
        directory = self.directory()
        running = {way: self.capture(lab, directory / way, *words) for way, words in WAYS.items()}
        flows = self.drive(lab)
        for way, capture in running.items():
            self.end(capture, directory / way)
        # What has no Ethernet header is what stands behind it.
        run("editcap", "-F", "pcap", "-C", "14", "-T", "rawip", directory / "ethernet", directory / "raw")
        with open(directory / "raw", "rb") as raw, open(directory / "bsd", "wb") as bsd:
            data = raw.read()
            bsd.write(data[:20] + struct.pack("=I", LINK_TYPES["bsd"]) + data[24:])
        for way in (*WAYS, "raw", "bsd"):
            with self.subTest(way):
                self.assertEqual(link_type(directory / way), LINK_TYPES[way])
                self.assert_shows(directory / way, flows)

    def test_what_the_interfaces_of_a_capture_are_is_told(self):
        lab = self.make_lab()
        directory = self.directory()
        path = directory / "both.pcapng"
        capture = self.capture(lab, path, "-n", "-i", "lan0", "-i", "wan0", program="dumpcap")
        flows = self.drive(lab)
        self.end(capture, path, times=2)
        self.assert_shows(path, flows)
        taps = {
            tap.get("interface") for row in self.read(path) for tap in row["nfmon"]["packet"]
        }
        self.assertEqual(taps, {"lan0", "wan0"})

    def test_what_dumpcap_writes_is_read_in_either_format(self):
        lab = self.make_lab()
        directory = self.directory()
        ways = {"ng": ("-n", "-i", "lan0"), "classic": ("-P", "-i", "lan0"), "any": ("-n", "-i", "any")}
        running = {
            way: self.capture(lab, directory / way, *words, program="dumpcap") for way, words in ways.items()
        }
        flows = self.drive(lab)
        for way, capture in running.items():
            self.end(capture, directory / way)
        for way in ways:
            with self.subTest(way):
                self.assert_shows(directory / way, flows)

    def test_the_loopback_is_read(self):
        lab = self.make_lab()
        path = self.directory() / "loopback"
        capture = self.capture(lab, path, "-i", "lo")
        with lab.firewall.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
            far.bind(("127.0.0.1", 9))
            with lab.firewall.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
                near.sendto(LAST, far.getsockname())
                far.sendto(LAST, far.recvfrom(100)[1])
        self.end(capture, path, times=2)
        [row] = self.read(path)
        self.assertEqual((row["source"]["ip"], row["destination"]["ip"]), ("127.0.0.1", "127.0.0.1"))
        size = 20 + 8 + len(LAST)
        self.assertEqual([session.counters(row[side]) for side in ("source", "destination")], [(1, size), (1, size)])

    def test_what_tcpdump_writes_of_a_group_is_read(self):
        lab = self.make_lab()
        lab.log("seen", "-p", "udp", group=201)
        path = self.directory() / "group"
        capture = self.capture(lab, path, "-i", "nflog:201")
        flows = self.drive(lab, udp=2)
        self.end(capture, path)
        self.assertEqual(link_type(path), LINK_TYPES["nflog"])
        inet = [flow for flow in flows if flow["family"] == 4]
        shown = self.assert_shows(path, inet)
        self.assertEqual(len(shown), len(inet) + 1)
        self.assertEqual({row["rule"]["name"] for row in self.read(path)}, {"seen"})

    def test_what_nfmon_records_other_programs_read(self):
        lab = self.make_lab("new")
        path = self.directory() / "recording.pcap"
        recorder = self.closing(lab.record(path))
        lab.drive(udp=2)
        self.assert_ends_well(recorder)
        count = int(recorder.summary.split(" records")[0].split()[-1].replace(",", ""))
        told = run("capinfos", "-c", "-E", "-M", path).stdout
        self.assertIn("netlink", told.lower())
        self.assertRegex(told, rf"Number of packets: +{count}\n")
        self.assertEqual(len(run("tshark", "-n", "-r", path).stdout.splitlines()), count)

    def test_a_capture_that_is_cut_or_damaged_shows_what_came_before(self):
        lab = self.make_lab()
        directory = self.directory()
        ways = {"pcap": ("-P", "-i", "lan0"), "pcapng": ("-n", "-i", "lan0", "-i", "wan0")}
        running = {
            way: self.capture(lab, directory / way, *words, program="dumpcap") for way, words in ways.items()
        }
        self.drive(lab)
        for way, capture in running.items():
            self.end(capture, directory / way)
        generator = random.Random(6)
        for way in ways:
            with open(directory / way, "rb") as file:
                whole = file.read()
            for number in range(30):
                with self.subTest(way, number=number):
                    data = bytearray(whole)
                    if number % 2:
                        del data[generator.randrange(len(data)) :]
                    else:
                        for _ in range(generator.randrange(1, 5)):
                            data[generator.randrange(len(data))] = generator.randrange(256)
                    with open(directory / "damaged", "wb") as file:
                        file.write(data)
                    for command in "events", "sessions":
                        result = finish(command, "-r", directory / "damaged", "-o", "ndjson")
                        self.assertIn(result.returncode, (0, DATA), result.stderr)
                        session.parse_events(result.stdout.splitlines())
                        if result.returncode == DATA:
                            self.assertIn(directory / "damaged", result.stderr)


def link_type(path):
    """Of a classic file."""
    with open(path, "rb") as file:
        return struct.unpack("=I", file.read(24)[20:])[0]


def count_of(words, path):
    """How often a file that is still written has them."""
    with open(path, "rb") as file:
        return file.read().count(words)
