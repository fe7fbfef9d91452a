"""Packets of an interface: what a recording has of them, which a filter chooses, and what becomes of the interface meanwhile."""

import fcntl
import json
import os
import re
import signal
import socket
import struct

from cable import Cable, ethernet, icmp, ipv4, ipv6, records, tcp, udp
from case import LiveTest
from nfmon import IO, MISUSE, NFMON, PRIVILEGE, UNAVAILABLE, Monitor, finish
from processes import Program, run

MULTICAST = "01:00:5e:00:00:05"

# Every kind of packet that an expression may ask about.
FRAMES = [
    ethernet(ipv4(17, udp(4000, 53))),
    ethernet(ipv4(17, udp(53, 4000, bytes(300)), source="198.51.100.9", destination="10.0.0.7")),
    ethernet(ipv4(17, udp(5000, 123), source="10.1.2.3", destination="192.0.2.77")),
    ethernet(ipv4(6, tcp(40000, 443, 0x02))),
    ethernet(ipv4(6, tcp(443, 40000, 0x12), source="198.51.100.9", destination="10.0.0.7")),
    ethernet(ipv4(6, tcp(40000, 443, 0x18, bytes(700)))),
    ethernet(ipv4(6, tcp(40001, 80, 0x02, b""), source="10.0.0.8")),
    ethernet(ipv4(6, tcp(40001, 80, 0x11), source="10.0.0.8", ttl=3)),
    ethernet(ipv4(6, tcp(22, 50000, 0x14), options=bytes(4))),
    ethernet(ipv4(1, icmp(8, 0, b"\x00\x07\x00\x01" + bytes(56)))),
    ethernet(ipv4(1, icmp(0, 0, b"\x00\x07\x00\x01" + bytes(56)))),
    ethernet(ipv4(1, icmp(3, 3, bytes(4) + ipv4(17, udp(4000, 53))))),
    ethernet(ipv4(17, udp(4000, 53, bytes(40)), fragment=0x2000)),
    ethernet(ipv4(17, bytes(24), fragment=0x0006)),
    ethernet(ipv4(47, struct.pack("!HH", 0, 0x0800) + ipv4(17, udp(1, 2)))),
    ethernet(ipv4(132, struct.pack("!HHII", 2905, 2905, 0, 0))),
    ethernet(ipv4(17, udp(520, 520), destination="224.0.0.9"), destination=MULTICAST),
    ethernet(ipv4(17, udp(67, 68), destination="255.255.255.255"), destination="ff:ff:ff:ff:ff:ff"),
    ethernet(ipv6(17, udp(5353, 53)), kind=0x86DD),
    ethernet(ipv6(6, tcp(40002, 443, 0x02)), kind=0x86DD),
    ethernet(ipv6(58, icmp(128, 0, b"\x00\x07\x00\x01")), kind=0x86DD),
    ethernet(ipv6(58, icmp(135, 0, bytes(20)), destination="ff02::1:ff00:9"), kind=0x86DD, destination="33:33:ff:00:00:09"),
    ethernet(ipv6(44, b"\x11\x00\x00\x01" + bytes(4) + udp(4000, 53, bytes(16))), kind=0x86DD),
    ethernet(ipv4(17, udp(4000, 53)), tags=(100,)),
    ethernet(ipv4(6, tcp(40003, 443, 0x02)), tags=(0x2000 | 200,)),
    ethernet(ipv6(17, udp(4000, 53)), kind=0x86DD, tags=(100,)),
    ethernet(struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + bytes(20), kind=0x0806, destination="ff:ff:ff:ff:ff:ff"),
    ethernet(b"\x02\x07\x04" + bytes(40), kind=0x88CC, destination="01:80:c2:00:00:0e"),
    ethernet(struct.pack("!I", 16 << 12 | 0x140) + ipv4(17, udp(9, 9)), kind=0x8847),
    ethernet(struct.pack("!BBHHH", 0x11, 0, 7, 35, 0x21) + ipv4(17, udp(9, 9)), kind=0x8864),
]

EXPRESSIONS = [
    "ip", "ip6", "arp", "tcp", "udp", "icmp", "icmp6", "sctp", "not ip", "ip or ip6",
    "host 10.0.0.7", "src host 10.0.0.7", "dst host 198.51.100.9", "host 2001:db8::7", "net 10.0.0.0/8", "src net 10.1.0.0/16",
    "ip6 net 2001:db8::/32", "port 53", "src port 53", "dst portrange 50-130", "tcp port 443", "udp and not port 53",
    "host 10.0.0.7 and (port 80 or port 443)", "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn", "tcp[13] == 18",
    "icmp[icmptype] == icmp-echo", "ip[8] < 10", "ip[6:2] & 0x1fff != 0", "ip[0] & 0xf > 5", "ip proto 47", "ip6 proto 58",
    "ether host 02:00:00:00:00:02", "ether multicast", "ether broadcast", "ip multicast", "ether proto 0x88cc", "ether[0] & 1 = 1",
    "greater 200", "less 60", "len > 100 and tcp", "vlan", "vlan 100", "vlan and udp", "port 53 and not vlan", "mpls", "pppoes",
]


class Capture(LiveTest):
    def cable(self, **options):
        return self.closing(Cable(**options))

    def record(self, cable, *words, **more):
        """`nfmon record` at the far end."""
        return self.closing(Monitor("record", "--netns", cable.far.name, "-i", *words, **more).until_ready())

    def tcpdump(self, cable, path, *words):
        program = self.program(
            ["ip", "netns", "exec", cable.far.name, "tcpdump", "--immediate-mode", "-U", "-w", path, "--time-stamp-precision=nano", *words])
        program.until_said("listening on")
        return program

    def count(self, path):
        return len(records(path)) if os.path.exists(path) and os.path.getsize(path) >= 24 else 0

    def test_a_recording_has_the_frames_as_they_were_on_the_cable(self):
        cable, path = self.cable(), self.directory() / "far.pcap"
        recorder = self.record(cable, "far0", path)
        cable.send(FRAMES)
        self.until(lambda: self.count(path) == len(FRAMES), "all frames in the file")
        self.assert_ends_well(recorder)
        found = records(path)
        # VLAN tags, which the kernel takes out, stand where they were.
        self.assertEqual([frame for _, _, frame, _ in found], FRAMES)
        self.assertEqual({link for _, link, _, _ in found}, {1})
        times = [time for time, _, _, _ in found]
        self.assertEqual(times, sorted(times))
        self.assertTrue(any(time % 1000 for time in times), "nanoseconds")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertIn(f"{len(FRAMES)} packets; complete", recorder.summary)
        # What is shown of it elsewhere.
        self.assertEqual(len(run("tshark", "-r", path).stdout.splitlines()), len(FRAMES))
        self.assertRegex(run("capinfos", "-c", "-M", path).stdout, rf"Number of packets:\s+{len(FRAMES)}\b")

    def test_expressions_choose_what_tcpdump_chooses(self):
        cable, directory = self.cable(), self.directory()
        for start in range(0, len(EXPRESSIONS), 12):
            running = []
            for number, expression in enumerate(EXPRESSIONS[start : start + 12], start):
                ours, others = directory / f"{number}.nfmon", directory / f"{number}.tcpdump"
                recorder = self.record(cable, "far0", "--packet-buffer", "1M", ours, *expression.split())
                running.append((expression, recorder, ours, self.tcpdump(cable, others, "-i", "far0", expression), others))
            cable.send(FRAMES)
            cable.knock(cable.far, "192.0.2.1")
            for expression, recorder, ours, tcpdump, others in running:
                with self.subTest(expression):
                    self.assert_ends_well(recorder)
                    # When it is stopped, tcpdump does not read what is still in its ring.
                    count = self.count(ours)
                    self.until(lambda: self.count(others) >= count, f"tcpdump writes {count} frames")
                    tcpdump.stop()
                    mine, theirs = ([frame for _, _, frame, _ in records(path)] for path in (ours, others))
                    self.assertEqual(mine, theirs)
                    self.assertTrue(mine, "the frames have one of them")
                    self.assertLess(len(mine), len(FRAMES) + 4, "and not all")

    def test_expressions_tell_what_came_in_from_what_went_out(self):
        # Without tcpdump, which passes by what of these came before its ring has gone round once (libpcap 1.10).
        cable, directory = self.cable(), self.directory()
        running = [(way, self.record(cable, "far0", directory / way, way, "and", "ip")) for way in ("inbound", "outbound")]
        cable.send(FRAMES)
        cable.knock(cable.far, "192.0.2.1")
        for _, recorder in running:
            self.assert_ends_well(recorder)
        came, went = ([frame for _, _, frame, _ in records(directory / way)] for way, _ in running)
        self.assertEqual(came[:-1], [frame for frame in FRAMES if b"\x08\x00E" in frame[:20] or b"\x08\x00F" in frame[:20]])
        self.assertEqual((came[-1][23], [frame[23] for frame in went]), (socket.IPPROTO_ICMP, [socket.IPPROTO_UDP]))

    def test_an_expression_without_meaning_is_refused_in_libpcaps_words(self):
        cable = self.cable()
        result = finish("record", "--netns", cable.far.name, "-i", "far0", "/dev/null", "tcp", "prt", "80")
        self.assertEqual(result.returncode, MISUSE)
        self.assertIn("'tcp prt 80': can't parse filter expression: syntax error", result.stderr)
        result = finish("record", "--netns", cable.far.name, "-i", "any", "/dev/null", "ether host 02:00:00:00:00:02")
        self.assertEqual(result.returncode, MISUSE)
        self.assertIn("ethernet addresses supported only on", result.stderr)

    def test_of_all_interfaces_each_frame_names_its_own(self):
        cable, path = self.cable(), self.directory() / "any.pcap"
        recorder = self.record(cable, "any", path, "udp", "port", "53", "or", "icmp")
        cable.send(FRAMES)
        cable.knock(cable.far, "127.0.0.1")
        self.until(lambda: self.count(path) >= 11, "frames of both")
        self.assert_ends_well(recorder)
        lines = run(
            "tshark", "-r", path, "-T", "fields", "-e", "sll.ifindex", "-e", "sll.pkttype", "-e", "vlan.id", "-e", "_ws.col.Protocol"
        ).stdout.splitlines()
        found = [line.split("\t") for line in lines]
        far = cable.inside(cable.far, "cat", "/sys/class/net/far0/ifindex").stdout.strip()
        self.assertEqual({line[0] for line in found}, {far, "1"})
        # Over loopback each packet goes out and comes in.
        self.assertEqual(sorted(line[1] for line in found if line[0] == "1"), ["0", "4"])
        self.assertEqual([line[2] for line in found if line[2]], ["100", "100"])

    def test_a_filter_by_payload_finds_it_on_every_kind_of_interface(self):
        cable, directory = self.cable(), self.directory()
        with cable.far:
            tunnel = self.closing(os.fdopen(os.open("/dev/net/tun", os.O_RDWR), "r+b", buffering=0))
            # IFF_TUN and IFF_NO_PI: the packets as they are.
            fcntl.ioctl(tunnel, 0x400454CA, struct.pack("16sH", b"tun9", 0x1001))
        run("ip", "-n", cable.far.name, "link", "set", "tun9", "up")
        payload = "udp[8:4]", "=", "0x6e666d6f"  # nfmo
        everywhere = self.record(cable, "any", directory / "any", *payload)
        alone = self.record(cable, "tun9", directory / "tun9", *payload)
        inside = [ipv4(17, udp(4000, 53)), ipv4(17, udp(4000, 53, b"other"))]
        for packet in inside:
            tunnel.write(packet)
        cable.send([ethernet(packet) for packet in inside])
        cable.send([ethernet(inside[0], tags=(100,))])
        cable.knock(cable.far, "127.0.0.1")
        # Over loopback it goes out and comes in.
        self.until(lambda: self.count(directory / "any") == 5, "one of each pair")
        for recorder in everywhere, alone:
            self.assert_ends_well(recorder)
        self.assertEqual([frame for _, _, frame, _ in records(directory / "tun9")], inside[:1])
        names = run("tshark", "-n", "-r", directory / "any", "-T", "fields", "-e", "sll.hatype").stdout.split()
        self.assertEqual(sorted(names), sorted(["1", "1", "65534", "772", "772"]))

    def test_a_packet_of_the_loopback_is_once_in_a_file_that_tells_no_ways(self):
        cable, directory = self.cable(), self.directory()
        recorders = [
            self.record(cable, "lo", *words, directory / name)
            for name, words in (("all.pcap", ()), ("some.pcap", ("--capture-filter", "udp")), ("ways.pcapng", ()))
        ]
        tcpdump = self.tcpdump(cable, directory / "tcpdump", "-i", "lo")
        cable.knock(cable.far, "127.0.0.1")
        self.until(lambda: self.count(directory / "tcpdump") == 2, "the datagram and what refused it")
        self.until(lambda: self.count(directory / "all.pcap") == 2, "the same")
        for recorder in recorders:
            self.assert_ends_well(recorder)
        tcpdump.stop()
        shown = [frame for _, _, frame, _ in records(directory / "tcpdump")]
        self.assertEqual([frame for _, _, frame, _ in records(directory / "all.pcap")], shown)
        self.assertEqual([frame for _, _, frame, _ in records(directory / "some.pcap")], shown[:1])
        for name in "all.pcap", "ways.pcapng":
            rows = json.loads(finish("sessions", "-r", directory / name, "-o", "json").stdout)["sessions"]
            self.assertEqual([row["source"]["packets"] for row in rows], [1], name)

    def test_frames_of_several_interfaces_stand_in_their_order(self):
        cable, path = self.cable(), self.directory() / "both.pcap"
        recorder = self.record(cable, "far0", "-i", "lo", path, "icmp")
        for _ in range(10):
            cable.knock(cable.far, "127.0.0.1")
            cable.knock(cable.far, "192.0.2.1")
        self.until(lambda: self.count(path) == 30, "all of them")
        self.assert_ends_well(recorder)
        times = [time for time, _, _, _ in records(path)]
        self.assertEqual(times, sorted(times))

    def test_threads_that_share_an_interface_have_each_frame_once(self):
        cable, path = self.cable(), self.directory() / "shared.pcap"
        recorder = self.record(cable, "far0", "--capture-threads", "3", path, "udp")
        frames = [
            ethernet(ipv4(17, udp(2000 + number, 9), source=f"10.0.{number % 7}.{number % 250}")) for number in range(290)
        ] + [ethernet(ipv6(17, udp(2000 + number, 9), source=f"2001:db8::{number + 1:x}"), kind=0x86DD) for number in range(10)]
        cable.send(frames)
        self.until(lambda: self.count(path) == len(frames), "all of them")
        self.assert_ends_well(recorder)
        self.assertEqual(sorted(frame for _, _, frame, _ in records(path)), sorted(frames))

    def test_threads_that_share_an_interface_leave_fragments_as_they_are(self):
        cable, path = self.cable(), self.directory() / "shared.pcap"
        recorder = self.record(cable, "far0", "--capture-threads", "3", path, "ip")
        frames = [
            ethernet(ipv4(17, part, source=f"10.0.0.{number}", fragment=place))
            for number in range(1, 20) for place, part in ((0x2000, udp(4000, 53, bytes(16))), (3, bytes(24)))
        ]
        cable.send(frames)
        self.until(lambda: self.count(path) == len(frames), "all of them")
        self.assert_ends_well(recorder)
        self.assertEqual(sorted(frame for _, _, frame, _ in records(path)), sorted(frames))

    def test_threads_share_an_interface_that_was_made_anew(self):
        cable, path = self.cable(), self.directory() / "anew.pcap"
        recorder = self.record(cable, "far0", "--capture-threads", "2", path, "udp", "port", "53")
        cable.unplug()
        recorder.until_said("far0 is down")
        cable.plug()
        recorder.until_said("far0 was made anew")
        # One thread tells, and the other follows within a second.
        index = cable.inside(cable.far, "cat", "/sys/class/net/far0/ifindex").stdout.strip()

        def readers():
            lines = cable.inside(cable.far, "cat", "/proc/net/packet").stdout.splitlines()[1:]
            return [line for line in lines if line.split()[4] == index]

        self.until(lambda: len(readers()) == 2, "both read")
        cable.send(FRAMES[:2])
        self.until(lambda: self.count(path) == 2, "frames of the new one")
        self.assertEqual(recorder.stop(), 0)
        self.assertIn("an unknown number was lost 1 time", recorder.summary, "of one outage each thread sees its part")

    def test_a_snap_length_cuts_and_tells_the_length(self):
        cable, path = self.cable(), self.directory() / "cut.pcap"
        recorder = self.record(cable, "far0", "--snaplen", "64", path)
        cable.send(FRAMES)
        self.assert_ends_well(recorder)
        for (_, _, frame, length), whole in zip(records(path), FRAMES, strict=True):
            self.assertEqual(length, len(whole))
            self.assertEqual(frame, whole[:64])

    def test_an_aggregate_is_recorded_whole(self):
        cable, path = self.cable(), self.directory() / "big.pcap"
        recorder = self.record(cable, "far0", path, "tcp")
        with cable.far:
            server = socket.create_server(("192.0.2.2", 5000))
        with server:
            with cable.near:
                client = socket.create_connection(("192.0.2.2", 5000), timeout=5)
            with client, server.accept()[0] as far:
                client.sendall(bytes(200_000))
                received = 0
                while received < 200_000:
                    received += len(far.recv(1 << 20))
        self.assert_ends_well(recorder)
        lengths = [(len(frame), length) for _, _, frame, length in records(path)]
        self.assertTrue(all(size == length for size, length in lengths))
        self.assertGreater(max(lengths)[0], 10_000)

    def test_files_go_round(self):
        cable, directory = self.cable(), self.directory()
        path = directory / "far.pcap"
        recorder = self.record(cable, "far0", "--rotate-size", "10K", "--keep", "3", path, "udp", "port", "9")
        frames = [ethernet(ipv4(17, udp(2000 + number, 9, bytes(100)))) for number in range(300)]
        cable.send(frames)
        self.assert_ends_well(recorder)
        names = sorted(os.listdir(directory.path))
        self.assertEqual(len(names), 3, names)
        count = int(re.search(r"300 packets in (\d+) files", recorder.summary)[1])
        self.assertEqual(names, sorted(f"far.{count - number}.pcap" for number in (1, 2, 3)))
        kept = []
        for name in sorted(names, key=lambda name: int(name.split(".")[1])):
            self.assertLessEqual(os.path.getsize(directory / name), 10 << 10)
            kept += [frame for _, _, frame, _ in records(directory / name)]
        self.assertEqual(kept, frames[-len(kept) :])

    def test_a_recording_answers_how_much_it_has_and_goes_on(self):
        cable, path = self.cable(), self.directory() / "asked.pcap"
        recorder = self.record(cable, "far0", path)
        cable.send(FRAMES[:3])
        self.until(lambda: self.count(path) == 3, "they are there")
        recorder.process.send_signal(signal.SIGUSR1)
        recorder.until_said("nfmon: 3 packets so far; complete: nothing is known to be lost")
        cable.send(FRAMES[:2])
        self.until(lambda: self.count(path) == 5, "and those that came later")
        self.assert_ends_well(recorder)
        self.assertIn("5 packets; ", recorder.summary)
        netlink = self.closing(Monitor("record", "--netns", cable.far.name, path).until_ready())
        netlink.process.send_signal(signal.SIGUSR1)
        netlink.until_said("so far; ")
        self.assert_ends_well(netlink)

    def test_an_interface_may_go_down_and_come_up(self):
        cable, path = self.cable(), self.directory() / "down.pcap"
        recorder = self.record(cable, "far0", path, "udp")
        cable.send(FRAMES[:1])
        self.until(lambda: self.count(path) == 1, "the first")
        run("ip", "-n", cable.far.name, "link", "set", "far0", "down")
        recorder.until_said("far0 is down")
        run("ip", "-n", cable.far.name, "link", "set", "far0", "up")
        recorder.until_said("far0 is up")
        cable.send(FRAMES[:1])
        self.until(lambda: self.count(path) == 2, "the second")
        self.assert_ends_well(recorder)

    def test_an_interface_may_be_made_anew(self):
        cable, path = self.cable(), self.directory() / "anew.pcap"
        recorder = self.record(cable, "far0", path, "udp")
        cable.unplug()
        recorder.until_said("far0 is down")
        cable.plug()
        recorder.until_said("far0 was made anew")
        cable.send(FRAMES[:1])
        self.until(lambda: self.count(path) == 1, "a frame of the new one")
        self.assertEqual(recorder.stop(), 0)
        # Nobody can say what passed before it was found.
        self.assertIn("an unknown number was lost", recorder.summary)

    def test_an_interface_may_come_back_with_its_number(self):
        cable, path = self.cable(), self.directory() / "back.pcap"
        recorder = self.record(cable, "far0", path, "udp")
        # The kernel lets it keep its number where nobody has that meanwhile.
        run("ip", "-n", cable.far.name, "link", "set", "far0", "netns", cable.near.name)
        recorder.until_said("far0 is down")
        run("ip", "-n", cable.near.name, "link", "set", "far0", "netns", cable.far.name)
        run("ip", "-n", cable.far.name, "link", "set", "far0", "up")
        recorder.until_said("far0 was made anew: going on with it")
        cable.send(FRAMES[:1])
        self.until(lambda: self.count(path) == 1, "a frame after its return")
        self.assertEqual(recorder.stop(), 0)
        self.assertIn("an unknown number was lost", recorder.summary)

    def test_an_interface_may_be_renamed(self):
        cable, path = self.cable(), self.directory() / "renamed.pcap"
        recorder = self.record(cable, "far0", path, "udp")
        for words in ("down",), ("name", "other0"), ("up",):
            run("ip", "-n", cable.far.name, "link", "set", "other0" if words == ("up",) else "far0", *words)
        cable.send(FRAMES[:1])
        self.until(lambda: self.count(path) == 1, "a frame under the new name")
        # A look at the interface later.
        self.assert_stays_so(lambda: recorder.talk.count("is down") <= 1, "no word of an outage each second", 2.5)
        self.assert_ends_well(recorder)

    def test_what_passed_just_before_the_interface_went_down_is_there(self):
        cable, path = self.cable(), self.directory() / "end.pcap"
        recorder = self.record(cable, "far0", path, "udp", "port", "53")
        recorder.send(signal.SIGSTOP)
        cable.send(FRAMES[:2])
        run("ip", "-n", cable.far.name, "link", "set", "far0", "down")
        recorder.send(signal.SIGINT)
        recorder.send(signal.SIGCONT)
        self.assertEqual(recorder.wait(), 0)
        self.assertEqual(self.count(path), 2, recorder.talk)

    def test_a_recording_that_cannot_begin_leaves_the_file_as_it_is(self):
        cable, path = self.cable(), self.directory() / "old.pcap"
        with open(path, "wb") as file:
            file.write(b"somebody's capture")
        for words in ("far0", path, "tcp", "prt", "80"), ("lan9", path):
            self.assertNotEqual(finish("record", "--netns", cable.far.name, "-i", *words).returncode, 0)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"somebody's capture")

    def test_an_interface_that_is_down_is_waited_for(self):
        cable, path = self.cable(), self.directory() / "late.pcap"
        run("ip", "-n", cable.far.name, "link", "set", "far0", "down")
        recorder = self.record(cable, "far0", path)
        recorder.until_said("far0 is down: nothing passes until it is up: ip link set dev far0 up")
        run("ip", "-n", cable.far.name, "link", "set", "far0", "up")
        recorder.until_said("far0 is up")
        cable.send(FRAMES[:1])
        self.until(lambda: self.count(path) >= 1, "a frame")
        self.assert_ends_well(recorder)

    def test_what_a_small_ring_does_not_hold_is_counted_exactly(self):
        cable, path = self.cable(), self.directory() / "small.pcap"
        recorder = self.record(cable, "far0", "--packet-buffer", "256K", path, "udp", "port", "9")
        recorder.send(signal.SIGSTOP)
        frames = [ethernet(ipv4(17, udp(2000 + number % 5000, 9, bytes(400)))) for number in range(3000)]
        cable.send(frames)
        recorder.send(signal.SIGCONT)
        self.assertEqual(recorder.stop(), 0)
        lost = int(re.search(r"the capture lost ([\d,]+) packets", recorder.summary)[1].replace(",", ""))
        self.assertGreater(lost, 100)
        self.assertEqual(self.count(path) + lost, len(frames))

    def test_what_cannot_be_captured_is_said_with_its_cure(self):
        cable = self.cable()
        result = finish("record", "--netns", cable.far.name, "-i", "lan9", "/dev/null")
        self.assertEqual(result.returncode, UNAVAILABLE)
        self.assertIn("capture on lan9: there is no such interface: there are lo, far0, and any", result.stderr)
        run("ip", "-n", cable.far.name, "link", "property", "add", "dev", "far0", "altname", "uplink")
        result = finish("sessions", "--netns", cable.far.name, "-i", "far0", "-i", "uplink")
        self.assertEqual(result.returncode, MISUSE)
        self.assertIn("capture on uplink: it is the same interface as far0: leave out one of the two names", result.stderr)
        result = run(
            "setpriv", "--reuid", "65534", "--clear-groups", NFMON, "events", "-i", "lo", "--no-conntrack", "--no-nflog", check=False)
        self.assertEqual(result.returncode, PRIVILEGE)
        self.assertIn("setcap cap_net_raw+ep", result.stderr)
        # libpcap is refused first, where it compiles a filter.
        for words in ((), ("tcp",)):
            result = run(
                "setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw", NFMON, "record", "-i", "lo", "/dev/null", *words,
                check=False)
            self.assertEqual(result.returncode, PRIVILEGE, result.stderr)
            self.assertIn(
                "CAP_NET_RAW is missing, which root lacks here: start its container with --cap-add NET_RAW, "
                "or let its unit's CapabilityBoundingSet have it", result.stderr)

    def test_a_filter_that_is_too_long_is_refused_at_once(self):
        cable = self.cable()
        for count in (400, 900, 5000):  # too long for the kernel, for libpcap's patience, and in any case
            hosts = " or ".join(f"ip6 host 2001:db8::{number:x}" for number in range(count))
            result = finish("record", "--netns", cable.far.name, "-i", "far0", "/dev/null", hosts, seconds=30)
            self.assertEqual(result.returncode, MISUSE, result.stderr[-200:])
            self.assertRegex(result.stderr, r"…': it is too long: (the kernel takes|libpcap would take) .*: make it shorter: networks")
            self.assertLess(len(result.stderr), 400)
        recorder = self.record(cable, "far0", "/dev/null", " or ".join(f"host 10.0.0.{number}" for number in range(256)))
        self.assert_ends_well(recorder)

    def test_a_recording_goes_through_a_pipe(self):
        cable = self.cable()
        recorder = self.record(cable, "far0", "-", "ip6", "proto", "58")
        cable.send(FRAMES)
        self.until(lambda: self.count(recorder.output_path) == 2, "the frames")
        self.assert_ends_well(recorder)

    def test_a_pipe_waits_for_its_reader_and_a_stop_ends_the_wait(self):
        cable, path = self.cable(), self.directory() / "pipe.pcap"
        os.mkfifo(path)

        def sockets():
            return len(cable.inside(cable.far, "cat", "/proc/net/packet").stdout.splitlines()) - 1

        for has_reader in True, False:
            recorder = self.closing(Monitor("record", "--netns", cable.far.name, "-i", "far0", path))
            self.until(lambda: sockets() == 1, "the interface is open")
            if has_reader:
                reader = self.program(["tcpdump", "-lnn", "-r", path])
                recorder.until_said("recording: ")
                cable.send(FRAMES[:1])
                self.until(lambda: b"10.0.0.7.4000 > 198.51.100.9.53" in reader.output, "it is read")
                self.assert_ends_well(recorder)
            else:
                self.assertEqual(recorder.stop(), IO)
                self.assertIn("pipe.pcap: nobody reads the pipe: start its reader first", recorder.talk)

    def test_a_savefile_is_not_asked_for_what_it_does_not_tell(self):
        cable, path = self.cable(), self.directory() / "far.pcap"
        recorder = self.record(cable, "far0", path)
        self.assert_ends_well(recorder)
        for expression, words in (("inbound", "a savefile does not tell"), ("tcp prt 80", "syntax error")):
            result = finish("sessions", "-r", path, "--capture-filter", expression)
            self.assertEqual(result.returncode, MISUSE, result.stderr)
            self.assertIn(words, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_a_wrong_expression_is_refused_before_anything_is_told_of_a_recording(self):
        cable, path = self.cable(), self.directory() / "far.pcapng"
        recorder = self.record(cable, "far0", path)
        self.assert_ends_well(recorder)
        for command in ("sessions", "events"):
            result = finish(command, "-r", path, "--capture-filter", "((")
            self.assertEqual((result.returncode, result.stdout), (MISUSE, ""), result.stderr)
            self.assertIn("syntax error", result.stderr)

    def test_expressions_choose_of_a_savefile_what_tcpdump_chooses(self):
        cable, path = self.cable(), self.directory() / "far.pcap"
        recorder = self.record(cable, "far0", path)
        cable.send(FRAMES)
        self.assert_ends_well(recorder)
        for expression in EXPRESSIONS:
            with self.subTest(expression):
                chosen = run("tcpdump", "-n", "-r", path, expression).stdout.splitlines()
                summary = json.loads(finish("sessions", "-r", path, "--capture-filter", expression, "-o", "json").stdout)["summary"]
                self.assertEqual(summary["frames"]["read"], len([line for line in chosen if not line.startswith((" ", "\t"))]))
