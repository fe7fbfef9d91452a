"""How sure each figure is: every format says so, and nothing is called exact that may not be."""

import os
import re
import shutil
import signal

import formats
import savefile
from case import LiveTest
from nfmon import EVENT_FORMATS, SESSION_FORMATS, finish
from session import key_of

# A connection's port says what it is for.
SILENT, LOGGED, OLDER, FROZEN, WHOLE = 1001, 1002, 1003, 1004, 1005
EXACT, AT_LEAST, STANDS_STILL, UNKNOWN = "exact", "lower-bound", "frozen", "unknown"


def shown(format_, data):
    """(how sure the totals are, how sure the rules' count is) by port; formats for people do not show the latter.

    Of a stream, what was told last.
    """
    records = formats.validate(data, format_)
    if format_ == "csv":
        return {int(row["dport"]): (row["exactness"], row["nflog_exactness"] or None) for row in records if row["dport"]}
    if format_ in ("table", "compact"):
        return {int(found[1]): (of_people(line), None) for line in records if (found := re.search(r"9:(\d+) ", line))}
    records = [record for record in records if "network" in record]
    return {key_of(record).destination[1]: of_record(record["nfmon"]) for record in records}


def of_people(line):
    """A mark before the amount says that it is at least so much; where none is known there is none."""
    amount = re.search(r" (>?)[\d.,]+(?:B|[KMGT]iB)\b", line)
    return UNKNOWN if not amount else AT_LEAST if amount[1] else EXACT


def of_record(record):
    def word(part):
        return EXACT if part.get("exact") else part.get("exactness", UNKNOWN)

    return word(record), word(record["nflog"]) if "nflog" in record else None


def for_people(expected):
    return {port: (AT_LEAST if sure == STANDS_STILL else sure, None) for port, (sure, _) in expected.items()}


class Exactness(LiveTest):
    def assert_shown(self, format_, data, expected):
        self.assertEqual(
            shown(format_, data), for_people(expected) if format_ in ("table", "compact") else expected, format_
        )

    def connect(self, lab, *ports):
        ends = {}
        for port in ports:
            near, far, _ = lab.connect(port)
            ends[port] = self.closing(near), self.closing(far)
        return ends

    def talk(self, ends):
        for near, far in ends:
            near.sendall(b"x" * 500)
            far.recv(500)

    def replay(self, command, path, format_):
        result = finish(command, "-r", path, "-o", format_)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.encode()

    def test_every_format_says_how_sure_the_figures_of_each_lane_are(self):
        lab = self.make_lab()
        lab.log("all", "-p", "tcp")
        directory = self.directory()
        whole, ended = directory / "alive.pcap", directory / "ended.pcap"
        lab.sysctl(nf_conntrack_events=1)  # for the ends of sessions from before to be told
        ends = self.connect(lab, SILENT, LOGGED)
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        ends |= self.connect(lab, OLDER, FROZEN)
        self.talk(ends.values())
        for format_ in SESSION_FORMATS:
            live = lab.sessions("-o", format_, "--no-nflog").stdout.encode()
            self.assert_shown(format_, live, {
                SILENT: (UNKNOWN, None), LOGGED: (UNKNOWN, None), OLDER: (EXACT, None), FROZEN: (EXACT, None),
            })
        monitor = self.closing(lab.events("-w", ended))
        self.until(lambda: len(monitor.about("session-start")) == len(ends), "the older ones are listed")
        ends |= self.connect(lab, WHOLE)
        self.talk(pair for port, pair in ends.items() if port != SILENT)
        monitor.until_quiet()
        shutil.copy(ended, whole)
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) == len(ends), "all end")
        self.assertEqual(monitor.stop(), 0)
        self.assert_shown("ndjson", monitor.output, {
            SILENT: (UNKNOWN, None), LOGGED: (AT_LEAST, AT_LEAST), OLDER: (EXACT, AT_LEAST), FROZEN: (EXACT, AT_LEAST),
            WHOLE: (EXACT, EXACT),
        })
        for path in whole, ended:
            savefile.offload(path, FROZEN)
        for format_ in EVENT_FORMATS:
            self.assert_shown(format_, self.replay("events", ended, format_), {
                SILENT: (UNKNOWN, None), LOGGED: (AT_LEAST, AT_LEAST), OLDER: (EXACT, AT_LEAST),
                FROZEN: (STANDS_STILL, AT_LEAST), WHOLE: (EXACT, EXACT),
            })
        for format_ in SESSION_FORMATS:
            self.assert_shown(format_, self.replay("sessions", whole, format_), {
                # Of the last one conntrack has told no figures yet: what rules logged is at least so much.
                SILENT: (UNKNOWN, None), LOGGED: (AT_LEAST, AT_LEAST), OLDER: (EXACT, AT_LEAST),
                FROZEN: (STANDS_STILL, AT_LEAST), WHOLE: (AT_LEAST, EXACT),
            })

    def test_after_a_loss_of_packets_what_was_counted_of_sessions_from_before_is_at_least_so_much(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        lab.log("tcp", "-p", "tcp")
        lab.log("udp", "-p", "udp")
        monitor = self.closing(lab.events("--nflog-buffer", "64K"))
        ends = self.connect(lab, OLDER)
        self.talk(ends.values())
        monitor.until_quiet()
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.datagrams(3000)
        os.kill(monitor.process.pid, signal.SIGCONT)
        monitor.until_quiet()
        # A gap shows with the next packet.
        ends |= self.connect(lab, LOGGED, WHOLE)
        self.talk(ends.values())
        monitor.until_quiet()
        ends |= self.connect(lab, SILENT)
        monitor.until_quiet()
        lab.delete("-p", "tcp")
        self.until(lambda: len(monitor.about("session-end")) == len(ends), "they end")
        self.assertEqual(monitor.stop(), 0)
        self.assertRegex(monitor.summary, r"nflog lost [\d,]+ packets")
        told = shown("ndjson", monitor.output)
        self.assertEqual((told[OLDER], told[SILENT]), ((EXACT, AT_LEAST), (EXACT, EXACT)))
