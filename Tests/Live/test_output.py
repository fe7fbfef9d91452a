"""What becomes of the stream when its reader, its disk or its user has enough."""

import json
import os
import re
import resource
import signal
import subprocess
import time

import session
from case import LiveTest
from nfmon import IO, NFMON, Monitor, finish
from processes import SmallDisk, run

FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Fixtures", "tcp-snat.pcap")


def waits(program):
    """Whether the program sleeps and would hear of Ctrl-C: it has read all that there is."""
    return program.status("State").startswith("S") and int(program.status("SigCgt"), 16) >> signal.SIGINT - 1 & 1


class Output(LiveTest):
    def fill(self, lab, count=200, first_source_port=10000):
        lab.datagrams(count, first_source_port=first_source_port)

    def through_pipe(self, lab, *words):
        """`nfmon events` into a pipe, and the pipe's other end, which nobody reads yet."""
        reading, writing = os.pipe()
        reader = self.closing(os.fdopen(reading, "rb"))
        monitor = self.closing(Monitor("events", "--netns", lab.namespace, *words, stdout=writing))
        os.close(writing)
        return monitor.until_ready(), reader

    def read_until_quiet(self, reader, seconds=0.7):
        """All that comes until nothing has come for so long."""
        text = b""
        os.set_blocking(reader.fileno(), False)
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < seconds:
            piece = reader.read(1 << 16)
            if piece:
                text, quiet_since = text + piece, time.monotonic()
            else:
                time.sleep(0.01)
        return text

    def read_to_the_end(self, reader):
        os.set_blocking(reader.fileno(), True)
        return reader.read()

    # ---- Readers --------------------------------------------------------------------------------------------------------

    def test_a_reader_that_goes_ends_it_quietly_though_no_event_comes(self):
        lab = self.make_lab()
        monitor, reader = self.through_pipe(lab)
        reader.close()
        self.assertEqual(monitor.wait(5), 0)
        self.assertNotIn("roken pipe", monitor.talk)

    def test_a_reader_that_goes_amid_a_flood_ends_it_quietly(self):
        lab = self.make_lab()
        self.fill(lab, 2000)
        for format_ in "ndjson", "compact", "csv", "json":
            with self.subTest(format_):
                command = f'"$NFMON" events --netns {lab.namespace} -o {format_} | head -n 3; echo "${{PIPESTATUS[0]}}"'
                result = run("bash", "-c", command, seconds=10)
                self.assertEqual(len(result.stdout.splitlines()), 4)
                self.assertEqual(result.stdout.splitlines()[-1], "0", result.stderr)
        result = run(
            "bash", "-c", f'"$NFMON" sessions --netns {lab.namespace} -o csv | head -n 1; echo "${{PIPESTATUS[0]}}"'
        )
        self.assertEqual(result.stdout.splitlines()[-1], "0", result.stderr)

    def test_a_reader_that_sleeps_under_load_loses_counted_events_and_memory_stays_bounded(self):
        lab = self.make_lab()
        monitor, reader = self.through_pipe(lab, "--no-nflog")
        flows = 0
        for _ in range(3):
            self.fill(lab, 25000)
            flows += 25000
            lab.flush()
        # Each session began and ended: more events than may wait.
        self.until(lambda: not any(int(row["Rmem"]) for row in lab.netlink_sockets()), "nfmon has read it all", 20)
        self.assertLess(int(monitor.status("VmHWM").split()[0]), 400_000, "kB of memory at most")
        text = self.read_until_quiet(reader)
        monitor.send(signal.SIGINT)
        text += self.read_to_the_end(reader)
        self.assertEqual(monitor.wait(), 0)
        self.assertIn("not written: the reader was too slow", monitor.summary)
        events = session.parse_events(text.splitlines())
        numbers = [event["event"]["sequence"] for event in events]
        gaps = sum(after - before - 1 for before, after in zip(numbers, numbers[1:]))
        stated = sum(
            event["nfmon"]["lost"] for event in session.about(events, "loss") if event["nfmon"]["source"] == "output"
        )
        self.assertEqual(numbers[0], 0)
        self.assertGreater(stated, 0)
        self.assertEqual(gaps, stated, "what is missing in the numbers is what is said to be lost")
        # Nothing else went missing: all the starts and ends were told, written or counted as lost.
        told = len(session.about(events, "session-start", "session-end", "session-update"))
        self.assertGreaterEqual(told + stated, 2 * flows)

    def test_a_reader_that_reads_again_in_time_misses_nothing(self):
        lab = self.make_lab()
        monitor, reader = self.through_pipe(lab, "--no-nflog")
        self.fill(lab, 5000)
        lab.flush()
        time.sleep(1)  # not reading is what this test does
        text = self.read_until_quiet(reader)
        monitor.send(signal.SIGINT)
        events = session.parse_events((text + self.read_to_the_end(reader)).splitlines())
        self.assertEqual(monitor.wait(), 0)
        self.assertIn("complete: nothing is known to be lost", monitor.summary)
        self.assertEqual([event["event"]["sequence"] for event in events], list(range(len(events))))
        self.assertEqual(len(session.about(events, "session-start")), 5000)
        self.assertEqual(len(session.about(events, "session-end")), 5000)

    def test_a_reader_that_never_reads_again_does_not_keep_it_from_ending_and_is_told_what_it_missed(self):
        lab = self.make_lab()
        monitor, reader = self.through_pipe(lab, "--no-nflog")
        # A session that a dump shows before its NEW is read would have an update.
        first = [reader.readline() for _ in ("begin", "end")]
        self.assertEqual([session.action(event) for event in session.parse_events(first)], ["resync"] * 2)
        self.fill(lab, 2000)
        self.until(lambda: not any(int(row["Rmem"]) for row in lab.netlink_sockets()), "nfmon has read it all")
        monitor.send(signal.SIGINT)
        self.assertEqual(monitor.wait(5), 0)
        lines = first + self.read_to_the_end(reader).splitlines()
        found = re.search(r"nfmon: (\d+) events; INCOMPLETE: ([\d,]+) events not written", monitor.talk)
        self.assertTrue(found, monitor.talk)
        told, missed = (int(number.replace(",", "")) for number in found.groups())
        self.assertGreater(missed, 0)
        self.assertEqual(told + missed, 2002, "a start of each session, and the begin and end of the resync before them")
        self.assertIn(len(lines), (told, told + 1), "the last line may be cut")
        session.parse_events(lines[:told])

    # ---- Disks ----------------------------------------------------------------------------------------------------------

    def test_a_full_disk_is_an_error_that_names_it(self):
        lab = self.make_lab()
        self.fill(lab)
        for words in (("events",), ("events", "-o", "csv"), ("events", "-o", "json"), ("sessions",), ("record", "-")):
            with self.subTest(words), open("/dev/full", "wb") as full:
                result = subprocess.run(
                    [NFMON, *words, "--netns", lab.namespace, *(("--for", "5s") if words[0] != "sessions" else ())],
                    stdout=full, stderr=subprocess.PIPE, timeout=20,
                )
                self.assertEqual(result.returncode, IO, result.stderr)
                self.assertIn("no space left on device", result.stderr.decode())

    def test_a_disk_that_fills_up_ends_the_stream_and_keeps_whole_lines_before(self):
        lab = self.make_lab()
        disk = self.closing(SmallDisk(64))
        with open(disk / "events", "wb") as file:
            monitor = self.closing(Monitor("events", "--netns", lab.namespace, stdout=file))
        monitor.until_ready()
        self.fill(lab, 2000)
        self.assertEqual(monitor.wait(10), IO)
        self.assertIn("no space left on device", monitor.talk)
        with open(disk / "events", "rb") as file:
            lines = file.read().splitlines()
        session.parse_events(lines[:-1])
        self.assertGreater(len(lines), 50)

    def test_a_disk_that_fills_up_under_a_recording_is_told_and_the_recording_can_be_read(self):
        for words in (("record",), ("events", "-w")):
            with self.subTest(words):
                lab = self.make_lab()
                disk = self.closing(SmallDisk(256))
                monitor = self.closing(Monitor(*words, disk / "savefile", "--netns", lab.namespace)).until_ready()
                self.fill(lab, 20000)  # some megabytes
                self.assertEqual(monitor.wait(10), IO)
                self.assertIn(disk / "savefile", monitor.talk)
                self.assertIn("no space left on device", monitor.talk)
                result = finish("sessions", "-r", disk / "savefile", "-o", "ndjson")
                self.assertIn(result.returncode, (0, 65), result.stderr)
                self.assertGreater(len(session.parse_events(result.stdout.splitlines())), 100)

    def test_a_closed_output_is_an_error_and_nothing_is_written_elsewhere(self):
        lab = self.make_lab()
        self.fill(lab)
        for words in "events --for 5s", "sessions", "events --count 1 -o csv":
            with self.subTest(words):
                result = run("bash", "-c", f'"$NFMON" {words} --netns {lab.namespace} >&-', check=False, seconds=15)
                self.assertEqual(result.returncode, IO, result.stderr)
                self.assertIn("standard output", result.stderr)

    def test_without_a_standard_error_it_works_all_the_same(self):
        lab = self.make_lab()
        self.fill(lab, 5)
        result = run("bash", "-c", f'"$NFMON" events --for 1s --netns {lab.namespace} 2>&-')
        self.assertEqual(len(session.about(session.parse_events(result.stdout.splitlines()), "session-start")), 5)

    # ---- Ends that were asked for ---------------------------------------------------------------------------------------

    def test_ctrl_c_and_sigterm_end_every_command_with_a_summary(self):
        lab = self.make_lab("new")
        directory = self.directory()
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number.name):
                monitor = self.closing(lab.events("--no-initial"))
                lab.drive(udp=1)
                self.until(lambda: len(monitor.about("session-start")) == 2, "the events come")
                started = time.monotonic()
                self.assertEqual(monitor.stop(number), 0)
                self.assertLess(time.monotonic() - started, 2)
                self.assertRegex(monitor.summary, r"^nfmon: [0-9]+ events; complete: nothing is known to be lost")
                self.assertEqual(int(monitor.summary.split()[1]), len(monitor.events()))
                recorder = self.closing(lab.record(directory / "savefile"))
                self.assertEqual(recorder.stop(number), 0)
                self.assertRegex(recorder.summary, r"^nfmon: [0-9]+ records; complete")
                top = self.closing(Monitor("sessions", "--top", "--interval", "60s", "--netns", lab.namespace))
                self.until(lambda: lab.drops_of(top.process.pid), "it has opened its sockets")
                self.assertEqual(top.stop(number), 0, top.talk)

    def test_ctrl_c_amid_an_interval_shows_what_there_was_until_then(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        # sk RefCnt Type Proto Iface R …: R is 1 once the socket is bound to its interface.
        captures = lambda: any(
            line.split()[5] == "1" for line in lab.inside("cat", "/proc/net/packet").stdout.splitlines()[1:])
        for port, words in enumerate(
            (("--top",), ("-i", "lan0"), ("-i", "lan0", "--no-conntrack", "--no-nflog"), ("--top", "-i", "lan0")), 9100):
            with self.subTest(words):
                asked = self.closing(
                    Monitor("sessions", "--netns", lab.namespace, *words, "--interval", "1h", "-o", "json"))
                self.until(lambda: captures() if "-i" in words else lab.drops_of(asked.process.pid), "it listens")
                lab.datagrams(3, port=port)
                key = lambda: next((key for key in lab.conntrack() if key.destination[1] == port), None)
                self.until(lambda: key() and lab.conntrack()[key()].up[0] == 3, "they passed")
                self.assertEqual(asked.stop(), 0, asked.talk)
                answer = json.loads(asked.output)
                [session] = [row for row in answer["sessions"] if row["destination"].get("port") == port]
                self.assertEqual(session["source"]["packets"], 3)
                [note] = [note for note in answer["summary"]["notes"] if "cut short" in note]
                self.assertRegex(note, "^the interval was cut short: .* of 1h$")

    def test_a_pipe_left_in_the_middle_of_a_record_is_not_damaged(self):
        with open(FIXTURE, "rb") as fixture:
            recording = fixture.read()
        directory = self.directory()
        for command in "events", "sessions":
            for length in 0, 10, 24, 30, len(recording) - 7, len(recording):
                for name in "-", directory / f"{command}{length}":
                    with self.subTest(command=command, length=length, name=name):
                        if name == "-":
                            source, sink = os.pipe()
                        else:
                            os.mkfifo(name)
                            source, sink = os.open(os.devnull, os.O_RDONLY), os.open(name, os.O_RDWR)
                        try:
                            os.write(sink, recording[:length])
                            monitor = self.closing(Monitor(command, "-r", name, stdin=source))
                            # The shortest pieces show no sign of having been read.
                            self.until(lambda program=monitor: waits(program), "it waits for more")
                            self.assertEqual(monitor.stop(), 0, monitor.talk)
                        finally:
                            os.close(source)
                            os.close(sink)
                        self.assertNotIn("damaged", monitor.talk)

    def test_a_pipe_that_nobody_has_opened_yet_can_be_left(self):
        name = self.directory() / "pipe"
        os.mkfifo(name)
        monitor = self.closing(Monitor("events", "-r", name))
        self.until(lambda: waits(monitor), "it waits for a writer")
        self.assertEqual(monitor.stop(), 0, monitor.talk)

    def test_an_end_while_the_output_is_json_leaves_valid_json(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events("-o", "json"))
        lab.drive(udp=1)
        self.until(lambda: len(monitor.lines()) > 3, "the events come")
        self.assertEqual(monitor.stop(), 0)
        self.assertGreaterEqual(len(session.json.loads(monitor.output)), 3)

    def test_a_count_ends_it_after_exactly_so_many_events(self):
        lab = self.make_lab()
        self.fill(lab, 50)
        for count in 1, 7, 51:
            result = finish("events", "--netns", lab.namespace, "--count", str(count))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(len(session.parse_events(result.stdout.splitlines())), count)
        result = finish("events", "--netns", lab.namespace, "--count", "3", "-o", "csv")
        self.assertEqual(len(result.stdout.splitlines()), 4)

    def test_a_duration_ends_it_in_time(self):
        lab = self.make_lab()
        directory = self.directory()
        for words in ("events", "--for", "700ms"), ("record", "--for", "700ms", directory / "savefile"):
            with self.subTest(words[0]):
                started = time.monotonic()
                result = finish(*words, "--netns", lab.namespace)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertGreaterEqual(time.monotonic() - started, 0.7)
                self.assertLess(time.monotonic() - started, 3)

    def test_it_costs_nothing_while_nothing_happens(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events())
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        time.sleep(3)  # idling is what this test looks at
        self.assert_ends_well(monitor)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 0.5, "seconds of CPU")
