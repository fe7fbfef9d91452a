"""What nfmon says, and its exit status, where it cannot do what is asked."""

import os
import re
import shutil
import socket

from case import LiveTest
from nfmon import DATA, IO, MISUSE, NFMON, PRIVILEGE, UNAVAILABLE, Monitor, finish
from service import nfmon_for_everybody

FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Fixtures", "tcp-snat.pcap")


class Errors(LiveTest):
    def assert_fails(self, result, status, *words):
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stdout, "")
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertNotIn("Fatal error", result.stderr)

    def test_without_privilege_it_says_which_is_missing_and_how_to_get_it(self):
        lab = self.make_lab("new")
        # Where the build lies, nobody may not be allowed to look.
        directory = self.directory()
        os.chmod(directory.path, 0o755)
        shutil.copy(NFMON, directory / "nfmon")
        nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", directory / "nfmon")
        for words in ("sessions",), ("events",), ("record", "/dev/null"), ("events", "--no-conntrack"):
            with self.subTest(words):
                self.assert_fails(
                    lab.inside(*nobody, *words, check=False, seconds=10), PRIVILEGE,
                    "peration not permitted", "run as root", "setcap cap_net_admin",
                )
        with self.subTest("--netns"):
            result = lab.inside(*nobody, "sessions", "--netns", lab.namespace, check=False, role="client", seconds=10)
            self.assert_fails(result, PRIVILEGE, f"enter network namespace {lab.namespace}", "run as root")

    def test_all_that_is_missing_is_named_at_once(self):
        lab = self.make_lab("new")
        nobody = "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"
        program = nfmon_for_everybody(self.directory())
        compare, away = ("compare", "-i", "lan0", "--for", "1s"), ("--netns", lab.namespace)
        both = "cap_net_admin,cap_net_raw"
        for held, words, missing, needed in (
            ((), compare, "CAP_NET_ADMIN, CAP_NET_RAW are missing", both),
            (("net_raw",), compare, "CAP_NET_ADMIN is missing", both),
            (("net_admin",), compare, "CAP_NET_RAW is missing", both),
            (("net_raw",), (*compare, *away), "CAP_NET_ADMIN, CAP_SYS_ADMIN are missing", f"{both},cap_sys_admin"),
            (("net_raw",), ("sessions", "-i", "lan0"), "CAP_NET_ADMIN is missing", both),
            (("net_raw",), ("events", "-i", "lan0"), "CAP_NET_ADMIN is missing", both),
            ((), ("record", "-i", "lan0", "/dev/null"), "CAP_NET_RAW is missing", "cap_net_raw"),
        ):
            with self.subTest(held=held, words=words):
                names = "-all" + "".join(f",+{name}" for name in held)
                powers = f"--inh-caps={names}", f"--ambient-caps={names}"
                self.assert_fails(
                    lab.inside(*nobody, *powers, program, *words, check=False, seconds=10), PRIVILEGE,
                    f"{missing}: run as root", f"setcap {needed}+ep ")
        # With all of it only what is root's files is not told.
        names = "-all,+net_admin,+net_raw"
        result = lab.inside(*nobody, f"--inh-caps={names}", f"--ambient-caps={names}", program, *compare)
        notes = [line for line in result.stdout.splitlines() if line.startswith("note: could not look at ")]
        pattern = re.compile("note: could not look at the legacy (ip6?)tables' rules: only root may read .*: run nfmon as root")
        found = [match and match[1] for match in map(pattern.fullmatch, notes)]
        lists = lab.inside("ls", "/proc/net").stdout.split()
        self.assertCountEqual(found, [family for family in ("ip", "ip6") if f"{family}_tables_names" in lists], notes)

    def test_a_savefile_needs_no_privilege(self):
        lab = self.make_lab("new")
        directory = self.directory()
        os.chmod(directory.path, 0o755)
        shutil.copy(NFMON, directory / "nfmon")
        recorder = self.closing(lab.record(directory / "savefile"))
        lab.drive(udp=1)
        self.assert_ends_well(recorder)
        os.chmod(directory / "savefile", 0o644)
        result = lab.inside(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", directory / "nfmon", "sessions", "-o", "csv",
            "-r", directory / "savefile",
        )
        self.assertEqual(len(result.stdout.splitlines()), 3)

    def test_a_recording_is_nobody_elses_to_read(self):
        lab = self.make_lab()
        savefile = self.directory() / "savefile"
        self.assert_ends_well(self.closing(lab.record(savefile)))
        self.assertEqual(os.stat(savefile).st_mode & 0o777, 0o600)

    def test_a_file_that_exists_is_emptied_and_keeps_its_mode_and_help_says_so(self):
        lab = self.make_lab()
        savefile = self.directory() / "savefile"
        for words in ("record", savefile), ("events", "--write", savefile):
            with open(savefile, "w") as file:
                file.write("yesterday's" * 1000)
            os.chmod(savefile, 0o640)
            self.assert_ends_well(self.closing(Monitor(*words, "--netns", lab.namespace).until_ready()))
            self.assertEqual(os.stat(savefile).st_mode & 0o777, 0o640)
            self.assertEqual(finish("sessions", "-r", savefile).returncode, 0)
            self.assertRegex(" ".join(finish(words[0], "--help").stdout.split()), "exist.* keeps its (owner and )?mode")

    def test_a_group_that_was_asked_for_and_is_taken_is_an_error_that_names_the_owner(self):
        lab = self.make_lab("new")
        owner = self.closing(lab.events("--group", "100"))
        for words in (
            ("events", "--group", "100"), ("sessions", "--group", "100"), ("record", "/dev/null", "--group", "100"),
            ("events", "--group", "101", "--group", "100"), ("events", "--no-conntrack"),
        ):
            with self.subTest(words):
                self.assert_fails(
                    finish(*words, "--netns", lab.namespace, seconds=10), UNAVAILABLE,
                    f"NFLOG group 100: already taken by process {owner.process.pid} (nfmon", "--group",
                )
        self.assert_ends_well(owner)
        # It was given back.
        self.assert_ends_well(self.closing(lab.events("--group", "100")))

    def test_a_default_group_that_is_taken_is_a_warning_and_conntrack_goes_on(self):
        lab = self.make_lab("new")
        owner = self.closing(lab.events())
        second = self.closing(lab.events())
        self.assertIn(f"warning: bind NFLOG group 100: already taken by process {owner.process.pid}", second.talk)
        self.assertNotIn("NFLOG", second.talk.split("listening: ")[1].splitlines()[0])
        flows = lab.drive(udp=2)
        for monitor in owner, second:
            self.until(lambda m=monitor: len(m.about("session-start")) == len(flows), "the sessions begin")
            self.assert_ends_well(monitor)

    def test_an_unknown_namespace_is_named(self):
        for name in "no-such", "../etc/passwd", "", "/":
            with self.subTest(name):
                self.assert_fails(
                    finish("sessions", "--netns", name), UNAVAILABLE, f"enter network namespace {name}", "ip netns list"
                )

    def test_a_file_that_is_no_savefile_is_named(self):
        directory = self.directory()
        contents = {
            "empty": b"", "text": b"#!/bin/sh\necho hello\n" * 50, "zeros": bytes(4096), "short": b"\xd4\xc3\xb2\xa1\x02",
            # Of a version that there is not.
            "pcapng": b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a" + bytes(16),
        }
        for name, content in contents.items():
            with open(directory / name, "wb") as file:
                file.write(content)
            for command in "sessions", "events":
                with self.subTest(name, command=command):
                    self.assert_fails(finish(command, "-r", directory / name), DATA, directory / name)

    def test_two_savefiles_are_not_one(self):
        for command in "sessions", "events":
            self.assert_fails(finish(command, "-r", "one", "-r", "two"), MISUSE, "mergecap")

    def test_a_file_that_is_not_there_is_named(self):
        path = self.directory() / "nothing"
        for command in "sessions", "events":
            result = finish(command, "-r", path)
            self.assertIn(result.returncode, (IO, 66), result.stderr)
            self.assertIn(path, result.stderr)
            self.assertIn("no such file", result.stderr.lower())
        result = finish("record", path + "/savefile")
        self.assertEqual(result.returncode, IO, result.stderr)

    def test_an_input_that_fails_is_not_called_cut(self):
        with open(FIXTURE, "rb") as fixture:
            recording = fixture.read()
        for command in "sessions", "events":
            with self.subTest(command):
                ours, its = socket.socketpair()
                with ours, its:
                    # A socket whose other end is closed with something unread in it fails after what was sent (ECONNRESET).
                    its.send(b"unread")
                    ours.send(recording[:-7])
                    ours.close()
                    monitor = self.program([NFMON, command, "-r", "-"], stdin=its)
                    self.assertEqual(monitor.wait(), IO, monitor.talk)
                self.assertIn("read savefile -: connection reset", monitor.talk)

    def test_wrong_options_are_misuse_and_say_what_is_right(self):
        for words, hint in (
            (("sessions", "--sort", "nonsense"), "bytes"),
            (("sessions", "--top", "0"), "at least 1"),
            (("sessions", "-n", "0"), "at least 1"),
            (("sessions", "-o", "xml"), "ndjson"),
            (("sessions", "--interval", "0"), "interval"),
            (("events", "-o", "table"), "ndjson"),
            (("events", "--count", "0"), "at least 1"),
            (("events", "--for", "soon"), "1h30m"),
            (("events", "--for", "-5s"), "1h30m"),
            (("events", "--group", "-1"), "from 0 to 65535"),
            (("compare", "-i", "lo", "-n", "-1"), "at least 1"),
            (("run", "--table-sessions", "-1"), "table-sessions"),
            (("events", "--group", "70000"), "from 0 to 65535"),
            (("events", "--for", "5x"), "ms, s, m, h or d"),
            (("record", "file", "--for", "0"), "more than 0"),
            (("sessions", "--top", "ten"), "--top ten: give a whole number"),
            (("sessions", "--top", "--interval", "100000d"), "at most 11574d"),
            (("sessions", "-n", "many"), "at least 1"),
            (("events", "--count", "2.5"), "at least 1"),
            (("events", "--no-conntrack", "--no-nflog"), "nothing to read"),
            (("events", "--no-nflog", "--group", "1"), "contradict"),
            (("events", "-r", "a", "-w", "b"), "contradict"),
            (("events", "--conntrack-buffer", "0"), "from 1 to 2147483647"),
            (("events", "--nflog-buffer", "3T"), "K, M or G"),
            (("record",), "file"),
            (("sessions", "--no-such-option"), "--no-such-option"),
            (("nonsense",), "nonsense"),
        ):
            with self.subTest(words):
                result = finish(*words, seconds=10)
                self.assertEqual(result.returncode, MISUSE, result.stdout + result.stderr)
                self.assertEqual(result.stdout, "")
                self.assertIn(hint, result.stderr)

    def test_options_that_would_change_nothing_are_refused_with_the_reason(self):
        for words, *hints in (
            (("sessions", "-r", "file", "--group", "100"), "--group", "-r reads a savefile"),
            (("sessions", "-r", "file", "--netns", "name", "--nflog-buffer", "1M"), "--nflog-buffer, --netns", "savefile"),
            (("sessions", "-r", "file", "--top", "--interval", "2s"), "--interval", "savefile"),
            (("events", "-r", "file", "--conntrack-buffer", "1M"), "--conntrack-buffer", "savefile"),
            (("events", "-r", "file", "--for", "1s"), "--for", "savefile"),
            (("sessions", "--interval", "2s"), "--interval", "add --top"),
            (("sessions", "--sort", "rate"), "--sort rate", "add --top"),
            (("sessions", "--top", "--no-conntrack", "--sort", "pps"), "--sort pps", "conntrack's counters"),
            (("sessions", "--no-conntrack", "--sort", "rate"), "--sort rate", "conntrack's counters"),
            (("events", "--no-nflog", "--nflog-buffer", "1M"), "--nflog-buffer", "--no-nflog"),
            (("record", "file", "--no-conntrack", "--conntrack-buffer", "1M"), "--conntrack-buffer", "--no-conntrack"),
        ):
            with self.subTest(words):
                result = finish(*words, seconds=10)
                self.assertEqual(result.returncode, MISUSE, result.stdout + result.stderr)
                self.assertEqual(result.stdout, "")
                for hint in hints:
                    self.assertIn(hint, result.stderr)

    def test_options_that_mean_something_to_a_savefile_are_taken(self):
        for words in (
            ("sessions", "--top", "--no-nflog"), ("sessions", "--no-conntrack", "-n", "1"), ("sessions", "--sort", "rate"),
            ("events", "--no-conntrack", "--no-initial"), ("events", "--no-nflog", "--count", "1"),
        ):
            with self.subTest(words):
                result = finish(*words, "-r", FIXTURE, seconds=10)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_help_and_version_are_data(self):
        for words in ("--help",), ("--version",), ("help", "events"), ("sessions", "--help"), ("record", "--help"):
            with self.subTest(words):
                result = finish(*words)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertIn("nfmon", result.stdout)

    def test_small_buffers_without_the_privilege_to_force_them_are_a_warning_that_names_the_loss(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        # CAP_NET_ADMIN of another user namespace than the kernel's own does not force buffers.
        monitor = self.closing(Monitor(
            "events", "--no-nflog",
            before=("unshare", "--user", "--map-root-user", "--net", "bash", "-c",
                    'iptables -A INPUT -m conntrack --ctstate NEW; exec "$@"', "bash"),
        ))
        monitor.until_ready()
        self.assertRegex(monitor.talk, r"warning: the conntrack receive buffer has \d+ KiB instead of 65536")
        self.assertEqual(monitor.stop(), 0)
