"""Unknown is not zero: sessions that the kernel does not count."""

import datetime
import json
import re
import shlex

import session
from case import LiveTest
from processes import run


class Accounting(LiveTest):
    def test_sessions_without_counters_have_none_instead_of_zero(self):
        lab = self.make_lab()  # without the rules, which switch accounting on
        lab.drive(udp=2, tcp=1)
        document = json.loads(lab.sessions("-o", "json").stdout)
        self.assertEqual(len(document["sessions"]), 6)
        for row in document["sessions"]:
            for part in "network", "source", "destination":
                self.assertNotIn("bytes", row[part])
                self.assertNotIn("packets", row[part])
            self.assertNotIn("exact", row["nfmon"])
        self.assertEqual(document["summary"]["unknown_counters"], 6)
        table = lab.sessions().stdout
        self.assertIn("6 sessions without counters (-)", table)
        self.assertNotRegex(table, r"\b0B\b")
        csv = lab.sessions("-o", "csv").stdout.splitlines()
        columns = csv[0].split(",")
        for row in csv[1:]:
            values = dict(zip(columns, row.split(",")))
            self.assertEqual((values["bytes"], values["packets"], values["src_bytes"]), ("", "", ""))

    def test_their_ends_have_none_either(self):
        lab = self.make_lab()
        monitor = self.closing(lab.events())
        lab.drive(udp=1)
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) == 2, "they end")
        self.assert_ends_well(monitor)
        for end in monitor.about("session-end"):
            self.assertIsNone(session.from_nfmon(end).up)
            self.assertNotIn("bytes", end["network"])

    def test_the_note_under_the_table_is_the_command_that_mends_it(self):
        lab = self.make_lab()
        table = lab.sessions().stdout
        for name in "acct", "timestamp":
            self.assertIn(f"net.netfilter.nf_conntrack_{name}=1", table)
        commands = re.findall(r"^note: .*?: ((?:ip netns exec \S+ )?sysctl -w \S+)$", table, re.MULTILINE)
        self.assertEqual(len(commands), 2, table)
        monitor = self.closing(lab.events())
        self.assertIn("accounting is off", monitor.talk)
        self.assertEqual(monitor.stop(), 0)
        for command in commands:
            run(*shlex.split(command))
        self.assertNotIn("note:", lab.sessions().stdout)
        lab.drive(udp=1)
        rows = session.parse_events(lab.sessions("-o", "ndjson").stdout.splitlines())
        self.assertEqual({row["network"]["packets"] for row in rows}, {6})
        self.assertEqual({row["nfmon"]["exact"] for row in rows}, {True})

    def test_sessions_from_before_accounting_stay_unknown_beside_counted_ones(self):
        lab = self.make_lab()
        lab.drive(udp=1)
        lab.sysctl(nf_conntrack_acct=1)
        lab.drive(udp=1)
        document = json.loads(lab.sessions("-o", "json").stdout)
        self.assertEqual(len([row for row in document["sessions"] if "bytes" in row["network"]]), 2)
        self.assertEqual(document["summary"]["unknown_counters"], 2)
        self.assertIs(document["summary"]["exact"], False)

    def test_counters_that_somebody_else_zeroes_are_no_longer_called_exact(self):
        lab = self.make_lab("new")
        lab.sysctl(nf_conntrack_events=1)  # for the end of a session from before nfmon to be told
        near, far, key = lab.connect()
        self.closing(near), self.closing(far)
        monitor = self.closing(lab.events())
        self.until(lambda: key in monitor.by_key("session-start"), "it is listed")
        lab.inside("conntrack", "-L", "-z")
        near.sendall(b"x")
        far.recv(1)
        lab.flush()
        self.until(lambda: monitor.about("session-end"), "it ends")
        self.assertEqual(monitor.stop(), 0)
        [end] = monitor.about("session-end")
        self.assertIs(end["nfmon"]["exact"], False)

    def test_what_is_switched_off_meanwhile_is_told_at_once_and_the_end_is_not_called_complete(self):
        lab = self.make_lab("new")
        for command, words in (lab.events, ()), (lab.record, (self.directory() / "savefile",)):
            lab.sysctl(nf_conntrack_acct=1, nf_conntrack_events=2)
            monitor = self.closing(command(*words))
            self.assertNotIn("warning", monitor.talk)
            off = datetime.datetime.now(datetime.UTC)
            lab.sysctl(nf_conntrack_events=0)
            monitor.until_said("conntrack events are off")
            lab.sysctl(nf_conntrack_events=2, nf_conntrack_acct=0)
            on = datetime.datetime.now(datetime.UTC)
            monitor.until_said("accounting is off")
            self.assertEqual(monitor.stop(), 0)
            # Whole seconds; from a look at which they were on to the next such look, so that nothing is left out.
            times = re.search(r"INCOMPLETE: conntrack events were off (?:at|from) (\S+?)(?: to (\S+?))?(?:,|$)", monitor.summary)
            self.assertTrue(times, monitor.summary)
            first, last = (datetime.datetime.fromisoformat(time or times[1]) for time in times.groups())
            self.assertLessEqual(first, off)
            self.assertGreaterEqual(last, on.replace(microsecond=0))

    def test_events_that_were_off_from_the_start_do_not_make_a_complete_answer(self):
        lab = self.make_lab("new")
        lab.sysctl(nf_conntrack_events=0)
        for words in (), ("--no-conntrack",):
            monitor = self.closing(lab.events(*words))
            self.assertEqual(monitor.stop(), 0)
            # Who does not read conntrack loses nothing by it.
            self.assertIn("complete: nothing" if words else "INCOMPLETE: conntrack events were off", monitor.summary)

    def test_switched_off_events_are_noted_with_the_command_that_mends_it(self):
        lab = self.make_lab("new")
        lab.sysctl(nf_conntrack_events=0)
        self.assertIn("net.netfilter.nf_conntrack_events=2", lab.sessions().stdout)
