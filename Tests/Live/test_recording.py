"""A recording replays to what the live run told, byte for byte."""

import struct
import subprocess

import session
from case import LiveTest
from nfmon import EVENT_FORMATS, NFMON, finish
from session import from_nfmon, without_icmp_id


class Recording(LiveTest):
    def drive_everything(self, lab):
        flows = lab.drive(tcp=2, dnat=1, udp=2, ping=1, refused=1, denied=1)
        lab.flush()
        return flows + lab.drive(udp=1)

    def assert_same(self, replayed, monitor):
        """Byte for byte; the message shows the first line that differs, not megabytes."""
        replayed, live = replayed.splitlines(keepends=True), monitor.output.splitlines(keepends=True)
        for number, (one, other) in enumerate(zip(replayed, live)):
            self.assertEqual(one.decode(), other.decode(), f"line {number + 1}")
        self.assertEqual(len(replayed), len(live))

    def replay(self, *words):
        result = subprocess.run([NFMON, *words], capture_output=True, timeout=30)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_events_of_the_recording_are_the_live_ones_in_every_format(self):
        lab = self.make_lab("head", "drops")
        lab.drive(tcp=1)  # the initial dump is to have something in it
        directory = self.directory()
        for format_ in EVENT_FORMATS:
            with self.subTest(format_):
                savefile = directory / f"{format_}.pcap"
                monitor = self.closing(lab.events("-w", savefile, "-o", format_))
                flows = self.drive_everything(lab)
                monitor.until_quiet()
                self.assert_ends_well(monitor)
                self.assertGreater(len(monitor.lines()), 2 * len(flows))
                self.assert_same(self.replay("events", "-r", savefile, "-o", format_), monitor)

    def test_events_without_the_initial_ones_replay_too(self):
        lab = self.make_lab("new")
        lab.drive(tcp=2)
        savefile = self.directory() / "savefile"
        monitor = self.closing(lab.events("-w", savefile, "--no-initial"))
        flows = lab.drive(udp=2)
        self.until(lambda: len(monitor.about("session-start")) == len(flows), "the sessions begin")
        self.assert_ends_well(monitor)
        self.assert_same(self.replay("events", "-r", savefile, "--no-initial"), monitor)

    def test_losses_and_resynchronisations_replay_too(self):
        lab = self.make_lab("new")
        savefile = self.directory() / "savefile"
        monitor = self.closing(lab.events("-w", savefile, "--conntrack-buffer", "4K"))
        lab.datagrams(3000, first_source_port=10000)
        self.until(lambda: "overrun" in [event["nfmon"]["cause"] for event in monitor.about("resync")], "a resync", 20)
        self.assertEqual(monitor.stop(), 0)
        self.assertIn("INCOMPLETE: conntrack lost", monitor.summary)
        self.assert_same(self.replay("events", "-r", savefile), monitor)

    def test_sessions_of_a_recording_are_those_that_there_were(self):
        lab = self.make_lab("new", "drops")
        savefile = self.directory() / "savefile"
        recorder = self.closing(lab.record(savefile))
        events = self.closing(lab.events("--no-nflog"))
        flows = self.drive_everything(lab)
        lab.flush()
        tracked = [flow for flow in flows if flow["kind"] != "denied"]
        self.until(lambda: len(events.about("session-end")) == len(tracked), "the sessions end")
        self.assert_ends_well(events)
        self.assert_ends_well(recorder)
        self.assertRegex(recorder.summary, r"[1-9][0-9,]* records; complete")

        shown = [from_nfmon(row) for row in session.parse_events(
            self.replay("sessions", "-r", savefile, "-o", "ndjson").splitlines()
        )]
        self.assertCountEqual([without_icmp_id(row.key) for row in shown], map(session.key_of_flow, flows))
        # Another nfmon saw the same from the kernel, conntrack's words alone.
        ends = {entry.key: entry for entry in map(from_nfmon, events.about("session-end"))}
        self.assertEqual({row.key: row for row in shown if row.key in ends}, ends)

        replayed = session.parse_events(self.replay("events", "-r", savefile, "--no-nflog").splitlines())
        self.assertEqual(
            {event["nfmon"]["session"] for event in session.about(replayed, "session-end")},
            {event["nfmon"]["session"] for event in events.about("session-end")},
            "a session has the same identity in both",
        )

    def test_sessions_that_go_on_when_a_recording_ends_have_their_totals(self):
        lab = self.make_lab("new")
        savefile = self.directory() / "savefile"
        recorder = self.closing(lab.record(savefile))
        lab.datagrams(5, port=82)
        self.assert_ends_well(recorder)
        rows = session.parse_events(self.replay("sessions", "-r", savefile, "-o", "ndjson", "dst port 82").splitlines())
        self.assertEqual([(row["source"]["packets"], row["nfmon"]["exact"]) for row in rows], [(5, True)])

    def test_a_recording_can_be_a_pipe_and_is_an_ordinary_pcap_file(self):
        lab = self.make_lab("new")
        recorder = self.closing(lab.record("-"))
        flows = lab.drive(udp=1)
        self.assert_ends_well(recorder)
        magic, *_, link_type = struct.unpack("=IHHiIII", recorder.output[:24])
        self.assertIn(magic, (0xA1B2C3D4, 0xA1B23C4D))
        self.assertEqual(link_type & 0xFFFF, 253)
        with open(recorder.output_path, "rb") as savefile:
            result = subprocess.run([NFMON, "events", "-r", "-"], stdin=savefile, capture_output=True, timeout=30)
        self.assertEqual(result.returncode, 0, result.stderr)
        starts = session.by_key(session.parse_events(result.stdout.splitlines()), "session-start")
        self.assertCountEqual(starts, map(session.key_of_flow, flows))

    def test_a_truncated_recording_says_so_and_shows_what_came_before(self):
        lab = self.make_lab("new")
        directory = self.directory()
        recorder = self.closing(lab.record(directory / "whole"))
        flows = lab.drive(udp=2, tcp=2)
        self.assert_ends_well(recorder)
        with open(directory / "whole", "rb") as whole, open(directory / "cut", "wb") as cut:
            cut.write(whole.read()[:-7])
        for words in (("sessions", "-o", "ndjson"), ("events",)):
            with self.subTest(words[0]):
                result = finish(*words, "-r", directory / "cut")
                self.assertEqual(result.returncode, 65)
                self.assertIn(directory / "cut", result.stderr)
                shown = map(session.key_of, session.about(
                    session.parse_events(result.stdout.splitlines()), "session-start"
                ) if words[0] == "events" else session.parse_events(result.stdout.splitlines()))
                self.assertCountEqual(shown, map(session.key_of_flow, flows))
