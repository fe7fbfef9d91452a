"""Recordings in pcapng: what each packet's interface and way were, and what was lost."""

import json
import os
import re
import signal

import session
from cable import Cable, ethernet, ipv4, records, udp
from case import LiveTest
from nfmon import MISUSE, Monitor, finish
from processes import run
from test_capture import FRAMES

FIELDS = ("frame.interface_name", "frame.packet_flags_direction", "frame.packet_flags_reception_type", "ip.proto")


class Pcapng(LiveTest):
    def cable(self):
        return self.closing(Cable())

    def record(self, cable, *words, **more):
        return self.closing(Monitor("record", "--netns", cable.far.name, "-i", *words, **more).until_ready())

    def fields(self, path, *names):
        """What tshark says of each packet."""
        words = [word for name in names for word in ("-e", name)]
        return [line.split("\t") for line in run("tshark", "-n", "-r", path, "-T", "fields", *words).stdout.splitlines()]

    def until_count(self, path, count):
        """Waits until the file has so many packets; it is read while it is written."""
        def is_there():
            return os.path.exists(path) and len(run("tshark", "-r", path, check=False).stdout.splitlines()) == count

        self.until(is_there, f"{count} packets in {path}")

    def rows(self, path, *words):
        result = finish("sessions", "-r", path, "-o", "ndjson", *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return session.parse_events(result.stdout.splitlines()), result.stderr

    def test_each_packet_names_its_interface_and_its_way(self):
        cable, path = self.cable(), self.directory() / "both.pcapng"
        recorder = self.record(cable, "far0", "-i", "lo", path, "udp", "or", "icmp")
        cable.knock(cable.far, "192.0.2.1")
        cable.send([ethernet(ipv4(17, udp(68, 67), destination="255.255.255.255"), destination="ff:ff:ff:ff:ff:ff")])
        cable.knock(cable.far, "127.0.0.1")
        self.until_count(path, 7)
        self.assert_ends_well(recorder)
        shown = [
            [name, int(way, 0), int(reception), protocol] for name, way, reception, protocol in self.fields(path, *FIELDS)
        ]
        # Of what goes out nobody says whom it is for; over loopback each packet goes out and comes in.
        self.assertEqual(sorted(shown[:3]), sorted([
            ["far0", 2, 0, "17"], ["far0", 1, 1, "1,17"], ["far0", 1, 3, "17"]]))
        self.assertEqual(sorted(line[:3] for line in shown[3:]), sorted([["lo", 2, 0], ["lo", 1, 1]] * 2))
        # What the file says of itself.
        told = run("capinfos", path).stdout
        self.assertRegex(told, r"Number of packets: +7\n")
        self.assertRegex(told, r"Capture application: +nfmon \d")
        self.assertRegex(told, r"Capture oper-sys: +Linux \d")
        for name in "far0", "lo":
            self.assertIn(f"Name = {name}\n", told)
        self.assertEqual(told.count("Encapsulation = Ethernet"), 2)
        self.assertEqual(told.count("Time resolution = 0x09"), 2)
        self.assertEqual(told.count("Number of stat entries = 1"), 2)
        self.assertEqual(re.findall(r"Number of packets = (\d+)", told), ["3", "4"])
        self.assertEqual(told.count("= udp or icmp\n"), 2, "the filter of each")
        # And what nfmon makes of it.
        rows, _ = self.rows(path, "dport", "=", "9")
        taps = {(tap["interface"], tap["direction"]) for row in rows for tap in row["nfmon"]["packet"]}
        self.assertEqual(taps, {("far0", "egress"), ("lo", "egress"), ("lo", "ingress")})
        self.assertEqual(len(run("tcpdump", "-n", "-r", path).stdout.splitlines()), 7)

    def test_frames_are_in_it_as_they_were_on_the_cable(self):
        cable, path, classic = self.cable(), self.directory() / "far.pcapng", self.directory() / "far.pcap"
        recorder = self.record(cable, "far0", path)
        cable.send(FRAMES)
        self.until_count(path, len(FRAMES))
        self.assert_ends_well(recorder)
        self.assertIn(f"{len(FRAMES)} packets; complete", recorder.summary)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        run("editcap", "-F", "nsecpcap", path, classic)
        self.assertEqual([frame for _, _, frame, _ in records(classic)], FRAMES)

    def test_of_all_interfaces_each_is_named_when_its_first_packet_comes(self):
        cable, path = self.cable(), self.directory() / "all.pcapng"
        recorder = self.record(cable, "any", path, "udp", "port", "9")
        cable.knock(cable.far, "127.0.0.1")
        cable.knock(cable.far, "192.0.2.1")
        self.until_count(path, 3)
        self.assert_ends_well(recorder)
        self.assertEqual([line[0] for line in self.fields(path, FIELDS[0])], ["lo", "lo", "far0"])
        rows, _ = self.rows(path)
        self.assertEqual({tap["interface"] for row in rows for tap in row["nfmon"]["packet"]}, {"lo", "far0"})

    def test_an_interface_that_was_made_anew_is_the_same(self):
        cable, path = self.cable(), self.directory() / "anew.pcapng"
        recorder = self.record(cable, "far0", path, "udp", "port", "9")
        cable.knock(cable.far, "192.0.2.1")
        cable.unplug()
        recorder.until_said("far0 is down")
        cable.plug()
        recorder.until_said("far0 was made anew")
        cable.knock(cable.far, "192.0.2.1")
        self.until_count(path, 2)
        self.assertEqual(recorder.stop(), 0)
        told = run("capinfos", path).stdout
        self.assertEqual(re.findall(r"Number of packets = (\d+)", told), ["2"])
        with open(path, "rb") as file:
            self.assertIn(b"an unknown number of packets was lost besides", file.read())
        # What the recording said of itself is what its file says.
        self.assertIn("an unknown number was lost 1 time", recorder.summary)
        _, talk = self.rows(path)
        self.assertIn("INCOMPLETE: an unknown number was lost 1 time\n", talk)
        told = finish("compare", "-r", path, "-o", "json")
        self.assertEqual(json.loads(told.stdout)["summary"]["lanes"]["packet"]["uncounted_losses"], 1, told.stdout)

    def test_what_was_lost_is_told_of_its_interface(self):
        cable, path = self.cable(), self.directory() / "small.pcapng"
        recorder = self.record(cable, "far0", "-i", "lo", "--packet-buffer", "256K", path, "udp", "port", "9")
        recorder.send(signal.SIGSTOP)
        cable.send([ethernet(ipv4(17, udp(2000 + number % 5000, 9, bytes(400)))) for number in range(3000)])
        recorder.send(signal.SIGCONT)
        self.assertEqual(recorder.stop(), 0)
        lost = re.search(r"the capture lost ([\d,]+) packets", recorder.summary)[1]
        _, talk = self.rows(path)
        self.assertIn(f"the capture lost {lost} packets (overrun)", talk)
        told = json.loads(finish("compare", "-r", path, "-o", "json").stdout)
        self.assertEqual(told["summary"]["lanes"]["packet"]["lost"], int(lost.replace(",", "")))
        events = session.parse_events(finish("events", "-r", path).stdout.splitlines())
        [loss] = session.about(events, "loss")
        self.assertEqual((loss["nfmon"]["source"], loss["nfmon"]["lost"]), ("packet", int(lost.replace(",", ""))))
        self.assertEqual(len(self.fields(path, "frame.number")) + int(lost.replace(",", "")), 3000)

    def test_each_of_several_files_can_be_read_by_itself(self):
        cable, directory = self.cable(), self.directory()
        path = directory / "far.pcapng"
        recorder = self.record(cable, "far0", "-i", "lo", "--rotate-size", "10K", path, "udp", "port", "9")
        cable.send([ethernet(ipv4(17, udp(2000 + number, 9, bytes(100)))) for number in range(300)])
        self.assert_ends_well(recorder)
        names = os.listdir(directory.path)
        self.assertGreater(len(names), 4)
        self.assertIn("far.1.pcapng", names)
        found = []
        for name in names:
            self.assertLessEqual(os.path.getsize(directory / name), 10 << 10)
            told = run("capinfos", directory / name).stdout
            self.assertEqual((told.count("Name = far0\n"), told.count("Name = lo\n")), (1, 1))
            self.assertEqual(told.count("Number of stat entries = 1"), 2)
            found += [int(line[0]) for line in self.fields(directory / name, "udp.srcport")]
        self.assertEqual(sorted(found), list(range(2000, 2300)))

    def test_interfaces_are_right_in_every_file_of_threads_that_share_all(self):
        cable, directory = self.cable(), self.directory()
        recorder = self.record(
            cable, "any", "--capture-threads", "2", "--rotate-size", "4K", directory / "any.pcapng", "udp", "port", "9")
        for _ in range(5):
            cable.send([ethernet(ipv4(17, udp(2000 + number, 9, bytes(100)))) for number in range(60)])
            cable.knock(cable.far, "127.0.0.1")
        self.assert_ends_well(recorder)
        found = []
        for name in os.listdir(directory.path):
            found += [tuple(line) for line in self.fields(directory / name, FIELDS[0], "ip.src")]
        self.assertEqual({line for line in found}, {("far0", "10.0.0.7"), ("lo", "127.0.0.1")})
        self.assertEqual(len(found), 5 * 62)

    def test_a_pipe_has_it_where_it_is_asked_for(self):
        cable = self.cable()
        recorder = self.record(cable, "far0", "--pcapng", "-", "udp", "port", "9")
        cable.knock(cable.far, "192.0.2.1")
        self.until_count(recorder.output_path, 1)
        self.assert_ends_well(recorder)
        self.assertEqual(self.fields(recorder.output_path, FIELDS[0]), [["far0"]])

    def test_a_packet_that_a_mirror_port_shows_in_two_vlans_is_counted_once(self):
        cable, path = self.cable(), self.directory() / "mirror.pcapng"
        recorder = self.record(cable, "far0", path, "udp", "or", "vlan")
        there = ipv4(17, udp(4000, 53))
        back = ipv4(17, udp(53, 4000), source="198.51.100.9", destination="10.0.0.7")
        for _ in range(3):
            cable.send([ethernet(there, tags=(10,)), ethernet(there, tags=(20,)), ethernet(back, tags=(20,)), ethernet(back, tags=(10,))])
        self.until_count(path, 12)
        self.assert_ends_well(recorder)
        [row], _ = self.rows(path)
        self.assertEqual((row["source"]["packets"], row["destination"]["packets"]), (3, 3))
        self.assertEqual(row["observer"]["ingress"]["vlan"], {"id": "10"})
        # All of it came in: where the first direction did, and where the answers would have left.
        taps = row["nfmon"]["packet"]
        self.assertEqual([taps[0]["original"]["vlan"], taps[1]["reply"]["vlan"]], [10, 20])
        self.assertEqual(len(self.rows(path, "vlan", "=", "10")[0]), 1)
        self.assertEqual(self.rows(path, "vlan", "=", "20")[0], [])

    def test_a_file_may_be_longer_than_a_buffer(self):
        cable, path = self.cable(), self.directory() / "far.pcapng"
        recorder = self.record(cable, "far0", "--rotate-size", "20G", path)
        self.assert_ends_well(recorder)

    def test_it_is_about_packets_only(self):
        result = finish("record", "--pcapng", "/dev/null")
        self.assertEqual(result.returncode, MISUSE)
        self.assertIn("--pcapng: this is about packets: name an interface with -i", result.stderr)
