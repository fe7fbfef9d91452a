"""Recordings that cannot be written to their end: what is missing is told once, and to the packet."""

import os
import re
import signal

from cable import Cable, ethernet, ipv4, udp
from case import LiveTest
from nfmon import IO, Monitor
from processes import SmallDisk, run

COUNT = 3000
FRAMES = [ethernet(ipv4(17, udp(2000 + number, 9, bytes(400)))) for number in range(COUNT)]
FILES = ("far.pcap", "far.pcapng")


class Unwritten(LiveTest):
    def record(self, cable, *words, **more):
        return self.closing(
            Monitor("record", "--netns", cable.far.name, *words, "udp", "port", "9", **more).until_ready())

    def through_pipe(self, cable, *words):
        """A recording into a pipe, and the pipe's other end, which nobody reads yet."""
        reading, writing = os.pipe()
        reader = self.closing(os.fdopen(reading, "rb"))
        recorder = self.record(cable, *words, "-", stdout=writing)
        os.close(writing)
        return recorder, reader

    def flood(self, cable, recorder):
        """All frames wait in the ring when it comes to read them."""
        recorder.send(signal.SIGSTOP)
        cable.send(FRAMES)
        recorder.send(signal.SIGCONT)

    def assert_told(self, recorder, path, reason):
        """What is in the file and what is not are all there were, and the end is told in one voice."""
        *_, deed, failure = recorder.talk.splitlines()
        found = re.fullmatch(
            r"nfmon: ([\d,]+) packets; INCOMPLETE: ([\d,]+) packets not written, the recording ended early", deed)
        self.assertTrue(found, recorder.talk)
        told, missed = (int(number.replace(",", "")) for number in found.groups())
        self.assertEqual(told + missed, COUNT)
        self.assertGreater(missed, 0)
        self.assertIn(reason, failure)
        self.assertEqual(len(run("tshark", "-n", "-r", path, check=False).stdout.splitlines()), told)

    def test_a_disk_that_fills_up_leaves_as_many_packets_as_are_told(self):
        for name in FILES:
            # One thread writes what comes; of two it waits for what the other may have before it.
            for interfaces in (("-i", "any"), ("-i", "far0", "-i", "lo")):
                with self.subTest(name, interfaces=interfaces):
                    cable, disk = self.closing(Cable()), self.closing(SmallDisk(64))
                    recorder = self.record(cable, *interfaces, disk / name)
                    self.flood(cable, recorder)
                    self.assertEqual(recorder.wait(), IO)
                    self.assert_told(recorder, disk / name, "no space left on device")

    def test_a_slow_reader_has_as_many_packets_as_are_told(self):
        for words in ((), ("--pcapng",)):
            with self.subTest(words):
                cable, directory = self.closing(Cable()), self.directory()
                recorder, reader = self.through_pipe(cable, "-i", "any", *words)
                self.flood(cable, recorder)
                # It has all of them once it waits for the pipe to be read.
                self.until(lambda: recorder.status("State").startswith("S"), "it waits")
                recorder.send(signal.SIGUSR1)
                recorder.until_said(" so far; ")
                self.assertEqual(recorder.stop(), IO)
                with open(directory / "taken", "wb") as file:
                    file.write(reader.read())
                self.assert_told(recorder, directory / "taken", "its reader was too slow")

    def test_a_reader_that_is_gone_has_as_many_packets_as_are_told(self):
        cable, directory = self.closing(Cable()), self.directory()
        recorder, reader = self.through_pipe(cable, "-i", "far0", "--pcapng")
        with open(directory / "taken", "wb") as file:
            file.write(os.read(reader.fileno(), 1 << 20))  # what a file begins with
        reader.close()
        self.flood(cable, recorder)
        self.assertEqual(recorder.wait(), IO)
        self.assert_told(recorder, directory / "taken", "its reader is gone")

    def test_what_netfilter_sent_is_told_the_same_way(self):
        for words, deed in ((("record",), "records"), (("events", "-w"), "events")):
            with self.subTest(words):
                lab = self.make_lab()
                disk = self.closing(SmallDisk(256))
                monitor = self.closing(Monitor(*words, disk / "savefile", "--netns", lab.namespace)).until_ready()
                lab.datagrams(20000, first_source_port=10000)  # some megabytes
                self.assertEqual(monitor.wait(), IO)
                *_, told, failure = monitor.talk.splitlines()
                found = re.fullmatch(
                    rf"nfmon: (\d[\d,]*) {deed}; INCOMPLETE: .*?([\d,]+) records not written, the recording ended early", told)
                self.assertTrue(found, monitor.talk)
                self.assertIn("no space left on device", failure)
                if deed == "records":
                    whole = run("tshark", "-n", "-r", disk / "savefile", check=False).stdout.splitlines()
                    self.assertEqual(len(whole), int(found[1].replace(",", "")))
