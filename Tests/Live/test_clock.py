"""Savefiles whose clock was set back or ahead: every packet stays in its session, and the answer says what is not sure."""

import json
import struct

from cable import ipv4, tcp, udp
from case import LiveTest
from nfmon import finish
from processes import run

BEGIN = 1_700_000_000
RAW_IP = 101
DAY = 86400
SYN, ACK, PUSH, FIN = 2, 0x10, 0x18, 0x11


def connection(begin, count=20, step=0.5):
    """(second, packet) of a TCP connection that lasts ten seconds."""
    def packet(second, answers, flags, payload=b""):
        ends = ("198.51.100.9", "10.0.0.7") if answers else ("10.0.0.7", "198.51.100.9")
        ports = (443, 40000) if answers else (40000, 443)
        return begin + second, ipv4(6, tcp(*ports, flags, payload), source=ends[0], destination=ends[1])

    shown = [packet(0, False, SYN), packet(0.001, True, SYN | ACK), packet(0.002, False, ACK)]
    for number in range(count):
        shown += [packet(0.01 + number * step, False, PUSH, bytes(100)), packet(0.011 + number * step, True, ACK)]
    end = 0.02 + count * step
    return shown + [packet(end, False, FIN), packet(end + 0.001, True, FIN), packet(end + 0.002, False, ACK)]


def question(begin, count=40):
    """(second, packet) of datagrams, half a second from one to the next."""
    packet = ipv4(17, udp(4000, 53))
    return [(begin + number * 0.5, packet) for number in range(count)]


class Clock(LiveTest):
    def write(self, path, packets):
        with open(path, "wb") as file:
            file.write(struct.pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, RAW_IP))
            for second, packet in packets:
                whole, rest = divmod(round((BEGIN + second) * 1e9), 1_000_000_000)
                file.write(struct.pack("=IIII", whole, rest, len(packet), len(packet)) + packet)
        return path

    def read(self, path):
        """Packets of each session, and what is said besides."""
        result = finish("sessions", "-r", path, "-o", "json")
        self.assertEqual(result.returncode, 0, result.stderr)
        answer = json.loads(result.stdout)
        self.assertTrue(answer["summary"]["complete"], result.stdout)
        return [row["network"]["packets"] for row in answer["sessions"]], answer["summary"]["notes"]

    def test_a_session_goes_on_over_a_step_of_the_clock(self):
        path = self.directory() / "stepped.pcap"
        for packets in connection(0), question(0):
            half = len(packets) // 2
            for step in (-1000 * DAY, -100, -3, 0.5, 6):
                with self.subTest(count=len(packets), step=step):
                    self.write(path, packets[:half] + [(second + step, packet) for second, packet in packets[half:]])
                    counts, notes = self.read(path)
                    self.assertEqual(counts, [len(packets)])
                    self.assertEqual([note[:40] for note in notes], ["the recording's clock went back 1 time, "] * (step < -1))

    def test_a_time_that_is_far_ahead_divides_a_session_and_loses_nothing(self):
        path = self.directory() / "ahead.pcap"
        packets = connection(0)
        # A single stamp, or all from then on.
        for late in (packets[20:21], packets[20:]):
            stepped = [(second + 1000 * DAY, packet) if (second, packet) in late else (second, packet) for second, packet in packets]
            with self.subTest(len(late)):
                counts, notes = self.read(self.write(path, stepped))
                self.assertEqual(sum(counts), len(packets))
                self.assertEqual(len(notes), len(late) == 1)

    def test_clocks_that_take_turns_divide_no_session(self):
        path = self.directory() / "turns.pcap"
        packets = [(second - skew, packet) for pair in zip(question(0), connection(0)) for skew, (second, packet) in zip((0, 37), pair)]
        slow = [(second, ipv4(17, udp(4001, 53))) for second in range(0, 20, 5)]
        counts, notes = self.read(self.write(path, sorted(packets + slow, key=lambda each: each[0] % 37)))
        self.assertEqual(sorted(counts), [4, 40, 40])
        self.assertRegex(notes[0], r"went back [0-9]+ times, by 3[67][.0-9]*s at most")

    def test_files_put_together_in_the_wrong_order_are_told_whole(self):
        directory = self.directory()
        first, second = connection(0), connection(100)
        paths = [self.write(directory / name, packets) for name, packets in (("one", second), ("two", first))]
        # Each connection is a session of its own, though both have one tuple.
        run("mergecap", "-a", "-F", "nsecpcap", "-w", directory / "all", *paths)
        counts, notes = self.read(directory / "all")
        self.assertEqual(counts, [len(first), len(second)])
        [note] = notes
        self.assertRegex(note, r"went back 1 time, by 1m49s: what was before what, and how long it took, is not sure around that")
        told = finish("events", "-r", directory / "all")
        self.assertIn(note, told.stderr)
        compared = finish("compare", "-r", directory / "all", "-o", "json")
        self.assertIn(note, json.loads(compared.stdout)["summary"]["notes"])
        # By their times they are in order.
        run("mergecap", "-F", "nsecpcap", "-w", directory / "sorted", *paths)
        self.assertEqual(self.read(directory / "sorted"), ([len(first), len(second)], []))
