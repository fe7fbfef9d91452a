"""Sessions that were there before nfmon: what events alone would never tell."""

import collections
import json
import re

from case import LiveTest
from session import by_key, counters

# The kernel's table is dumped every 10 s; a session that a dump does not show is looked for once more, at once.
SWEEP = 10
INFERRED_WITHIN = 2 * SWEEP + 5
# Between two dumps there are at least so many times the seconds that the last one took.
LEAST_PAUSE = 20
# Seconds that entries live which shall expire: enough for a first dump of all of them on a slow machine.
LIFE = 25


class Tally:
    """How often each session began and ended in a stream of events that is too long to keep."""

    _event = re.compile(rb'"action":"(session-\w+)".*"session":"(\w+)"(?:,"end":"(\w+)")?')

    def __init__(self, monitor):
        self._file = open(monitor.output_path, "rb")
        self._rest = b""
        self.counts = collections.defaultdict(collections.Counter)
        #: Seconds that the first dump took; None until it has ended.
        self.dump_duration = None
        self.ways = collections.Counter()

    def read(self):
        """Counts what is new, and returns itself."""
        while chunk := self._file.read(1 << 20):
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._count(line)
        return self

    def _count(self, line):
        if found := self._event.search(line):
            action = found[1].decode()
            self.counts[action][found[2]] += 1
            if action == "session-end":
                self.ways[found[3].decode()] += 1
        elif b'"phase":"end"' in line:
            self.dump_duration = json.loads(line)["event"]["duration"] / 1e9

    def close(self):
        self._file.close()


class OlderSessions(LiveTest):
    def old_connections(self, lab, *ports):
        """Connections that carried something, made while nobody listens to events."""
        keys = []
        for port in ports:
            near, far, key = lab.connect(port)
            self.closing(near), self.closing(far)
            near.sendall(b"x" * 100)
            far.recv(100)
            keys.append(key)
        return keys

    def delete(self, lab, key):
        lab.delete("-p", "tcp", "-s", key.source[0], "--sport", str(key.source[1]), "--dport", str(key.destination[1]))

    def test_their_start_is_told_as_initial_with_counters_and_time(self):
        lab = self.make_lab("new")
        old = self.old_connections(lab, 443, 993)
        monitor = self.closing(lab.events())
        self.until(lambda: len(monitor.about("resync")) == 2, "the first dump begins and ends")
        [later] = self.old_connections(lab, 587)
        self.until(lambda: later in monitor.by_key("session-start"), "the new session begins")
        starts, table = monitor.by_key("session-start"), lab.conntrack()
        self.assertCountEqual(starts, [*old, later])
        for key in old:
            [start] = starts[key]
            self.assertIs(start["nfmon"].get("initial"), True)
            self.assertEqual(counters(start["source"]), table[key].up)
            self.assertEqual(counters(start["destination"]), table[key].down)
            self.assertIn("start", start["event"], "the kernel's time stamp, though nfmon was not there")
            self.assertLess(start["event"]["start"], start["@timestamp"])
        [start] = starts[later]
        self.assertNotIn("initial", start["nfmon"])
        begin, resync = monitor.about("resync")
        self.assertEqual((begin["nfmon"]["cause"], begin["nfmon"]["phase"]), ("initial", "begin"))
        self.assertEqual(resync["nfmon"]["phase"], "end")
        self.assertEqual((resync["nfmon"]["cause"], resync["nfmon"]["rows"], resync["nfmon"]["found"]), ("initial", 2, 2))
        self.assert_ends_well(monitor)

    def test_their_end_is_told_by_the_kernel_where_it_sends_events_for_all_sessions(self):
        lab = self.make_lab("new")
        lab.sysctl(nf_conntrack_events=1)
        [old] = self.old_connections(lab, 443)
        monitor = self.closing(lab.events())
        self.until(lambda: old in monitor.by_key("session-start"), "the old session is listed")
        before = lab.conntrack()[old]
        self.delete(lab, old)
        self.until(lambda: monitor.about("session-end"), "its end is told at once", 3)
        self.assert_ends_well(monitor)
        [end] = monitor.by_key("session-end")[old]
        self.assertEqual(end["nfmon"]["end"], "event")
        self.assertEqual((counters(end["source"]), counters(end["destination"])), (before.up, before.down))

    def test_their_end_is_noticed_where_the_kernel_never_tells_it(self):
        """nf_conntrack_events=2: a session that began while nobody listened ends without a word."""
        lab = self.make_lab("new")
        self.assertEqual(lab.inside("sysctl", "-n", "net.netfilter.nf_conntrack_events").stdout.strip(), "2")
        stays, goes = self.old_connections(lab, 443, 993)
        monitor = self.closing(lab.events())
        watcher = self.closing(lab.watch_ends())
        quiet = self.closing(lab.events("--no-initial", "--no-nflog"))
        for one in monitor, quiet:
            self.until(lambda one=one: len(one.about("resync")) == 2 or one is quiet, "the first dump ends")
        before = lab.conntrack()[goes]
        self.delete(lab, goes)
        self.until(lambda: monitor.about("session-end"), "the end is noticed", INFERRED_WITHIN)
        self.until(lambda: quiet.about("session-end"), "also where the start was not told", INFERRED_WITHIN)
        self.assert_ends_well(monitor)
        self.assert_ends_well(quiet)
        self.assertEqual(watcher.lines(), [], "the kernel told it: this test shows nothing")
        ends = monitor.by_key("session-end")
        self.assertEqual(list(ends), [goes], f"{stays} is still there")
        [end] = ends[goes]
        self.assertEqual(end["nfmon"]["end"], "inferred")
        self.assertLessEqual(end["nfmon"]["earliest"], end["event"]["end"])
        self.assertEqual((counters(end["source"]), counters(end["destination"])), (before.up, before.down))
        self.assertEqual(list(by_key(quiet.events(), "session-start")), [])
        self.assertEqual(len(quiet.about("session-end")), 1)

    def test_two_hundred_thousand_that_no_event_tells_of_all_end_exactly_once(self):
        """One half is deleted, the other expires."""
        half = 100_000
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        self.assertEqual(lab.inside("sysctl", "-n", "net.netfilter.nf_conntrack_events").stdout.strip(), "2")
        lab.fill(half, 1, seconds=600)
        lab.fill(half, 2, seconds=LIFE)
        monitor = self.closing(lab.events("--no-nflog"))
        tally = self.closing(Tally(monitor))
        self.until(lambda: tally.read().dump_duration, "the first dump ends", LIFE)
        self.assertEqual(len(tally.counts["session-start"]), 2 * half, "it shows all")
        lab.delete("-s", "10.1.0.0", "--mask-src", "255.255.0.0")
        within = LIFE + INFERRED_WITHIN + LEAST_PAUSE * tally.dump_duration
        self.until(lambda: len(tally.read().counts["session-end"]) == 2 * half, "all have ended", within)
        self.assertEqual(lab.entry_count(), 0, "so says conntrack -C")
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        tally.read()
        self.assertEqual(dict(tally.ways), {"inferred": 2 * half}, "the kernel told some: this test shows nothing")
        for action in "session-start", "session-end":
            self.assertEqual(set(tally.counts[action].values()), {1}, f"some sessions have more than one {action}")
        self.assertEqual(tally.counts["session-start"], tally.counts["session-end"])
        self.assertEqual(sorted(tally.counts), ["session-end", "session-start"])
