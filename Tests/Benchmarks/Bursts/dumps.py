"""What reading the kernel's whole table costs nfmon, beside conntrack(8) and the kernel's own part; called by bursts.py."""

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

import cleanup
from lab import Lab
from processes import run, until
from readers import BARE_LOOP, GROUP, LOAD, NFMON, NfmonEvents

REPETITIONS = 5
#: Goal: of what `conntrack -L` costs.
GREATEST_PART = 1 / 3
#: Entries that come and go beside those that are dumped.
SPARE = 20_000
RATE, SECONDS = 20_000, 30


class GreatestTable:
    """The kernel's limit of a namespace's entries, raised while this measures. Only the host's own namespace may do that."""

    path = "/proc/sys/net/netfilter/nf_conntrack_max"

    def __init__(self, wanted):
        self._before = None
        before = self._limit()
        if before < wanted:
            cleanup.register(self)
            try:
                self._set(wanted)
                self._before = before
            except OSError:
                cleanup.forget(self)
        self.limit = self._limit()

    def close(self):
        cleanup.forget(self)
        if self._before is not None:
            self._set(self._before)
            self._before = None

    def _limit(self):
        with open(self.path, encoding="ascii") as file:
            return int(file.read())

    def _set(self, limit):
        with open(self.path, "w", encoding="ascii") as file:
            file.write(str(limit))


class NfmonResyncing(NfmonEvents):
    """With a receive buffer so small that it loses events whenever that is wanted."""

    name = "nfmon: a table that it knows, after a loss"

    def words(self):
        return [NFMON, "events", "-o", "ndjson", "--no-initial", "--no-nflog", "--conntrack-buffer", "8K"]

    def resyncs(self):
        return [json.loads(line)["nfmon"] for line in self.lines() if b'"cause":"overrun","phase":"end"' in line]

    def processor_seconds(self):
        return processor_seconds(self.process)

    def resynchronise(self):
        """Loses events, and returns the processor time from then until the table is right again."""
        count, before = len(self.resyncs()), self.processor_seconds()
        self.lab.inside(LOAD, "entries", "200")
        os.kill(self.process, signal.SIGCONT)
        until(lambda: len(self.resyncs()) > count, "nfmon resynchronises", 60)
        took = self.processor_seconds() - before
        os.kill(self.process, signal.SIGSTOP)
        report = self.resyncs()[-1]
        assert report.get("complete", True), report
        return took

    def stop(self):
        if self.process:
            os.kill(self.process, signal.SIGCONT)
        super().stop()


class NfmonBeside(NfmonEvents):
    """Of its sessions, those that were there before are not told."""

    def words(self):
        return [*super().words(), "--no-initial", "--no-nflog"]

    def is_dumping(self):
        return any(row["Dump"] not in ("0", "0x0") for row in self.lab.netlink_sockets())


def processor_seconds(process):
    """What all threads of a running process have used: its CPU clock, whose number is made of the process's."""
    return time.clock_gettime((~process << 3) | 2)


def cost(lab, *words):
    """Processor seconds of a program that runs to its end, its output thrown away."""
    process = subprocess.Popen(
        ["ip", "netns", "exec", lab.namespace, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{' '.join(words)}: exit status {process.returncode}"
    return usage.ru_utime + usage.ru_stime


class Samples:
    """The repetitions of one way to read the table."""

    def __init__(self, name):
        self.name = name
        self.seconds = []

    @property
    def median(self):
        return statistics.median(self.seconds)

    def print(self, count, reference, goal=None):
        part = self.median / reference.median
        verdict = "" if goal is None else f"{goal:.2f} {'reached' if part <= goal else 'MISSED'}"
        print(
            f"  {self.name:46} {self.median:>7.3f} ({min(self.seconds):.3f}-{max(self.seconds):.3f}) "
            f"{self.median / count * 1e9:>8.0f} {part:>8.2f}   {verdict}".rstrip(),
            flush=True,
        )


def measure_cost(lab, directory, count):
    """Processor time of one reading of the table, each way in turn."""
    bare, tool, look = map(Samples, ("bare loop: receives and throws away", "conntrack -L", "nfmon sessions -n 1"))
    known = Samples(NfmonResyncing.name)
    reader = NfmonResyncing(lab, directory)
    try:
        reader.start()
        reader.until_done()
        for _ in range(REPETITIONS):
            # Stopped, so that it does nothing beside the others, and loses events afterwards.
            os.kill(reader.process, signal.SIGSTOP)
            bare.seconds.append(cost(lab, BARE_LOOP, "dump"))
            tool.seconds.append(cost(lab, "conntrack", "-L"))
            look.seconds.append(cost(lab, NFMON, "sessions", "-n", "1"))
            known.seconds.append(reader.resynchronise())
        rows = reader.resyncs()[-1]["rows"]
    finally:
        reader.stop()
    assert rows == count, f"nfmon was shown {rows:,} rows of {count:,}"
    print(f"  {'':46} {'CPU s (least-most)':>21} {'ns/row':>8} {'of -L':>8}   goal")
    for samples in (bare, tool, look):
        samples.print(count, tool)
    known.print(count, tool, GREATEST_PART)
    own = Samples("  of that more than the bare loop: nfmon's own")
    own.seconds = [whole - kernel for whole, kernel in zip(known.seconds, bare.seconds)]
    own.print(count, tool)


def measure_loss(lab, directory):
    """Events that come at a steady rate while nfmon dumps: at its start and every ten seconds or more."""
    reader = NfmonBeside(lab, directory)
    load, dumps, was_dumping = None, 0, False
    try:
        reader.start()
        load = subprocess.Popen(
            ["ip", "netns", "exec", lab.namespace, LOAD, "churn", str(SECONDS), str(RATE)], stdout=subprocess.PIPE,
            text=True,
        )
        while load.poll() is None:
            is_dumping = reader.is_dumping()
            dumps += is_dumping and not was_dumping
            was_dumping = is_dumping
            time.sleep(0.005)
        output = load.stdout.read()
        reader.until_done()
    finally:
        if load and load.poll() is None:
            load.kill()
        reader.stop()
    assert load.returncode == 0, "the load failed"
    sent, took = (float(number) for number in re.search(r"events (\d+)\nchurn ([\d.]+)", output).groups())
    delivered, lost = reader.delivered(), reader.stated_loss()
    # Each entry of the load lives for a second: it ends one later than the last begins.
    rate = sent / (took - 1)
    verdict = "reached" if dumps > 0 and lost == 0 and delivered == sent else "MISSED"
    print(f"\n  {dumps} dumps during {sent:,.0f} events, {rate:,.0f} a second")
    print(f"  {'':28} {'delivered':>11} {'says lost':>12} {'is lost':>11} {'CPU s':>7} {'MiB':>7}")
    print(
        f"  {reader.name:28} {delivered:>11,} {lost if lost is not None else 'silent':>12} {sent - delivered:>11,.0f} "
        f"{reader.seconds:>7.2f} {reader.peak / 2**20:>7.0f}   none lost: {verdict}",
        flush=True,
    )


def measure(wanted):
    """Fills a table as far as this host allows and measures."""
    greatest = GreatestTable(wanted + SPARE)
    directory = tempfile.mkdtemp(prefix="nfmon-dumps-", dir="/dev/shm")
    lab = Lab(group=GROUP)
    try:
        count = min(wanted, (greatest.limit - SPARE) // 10_000 * 10_000)
        why = "" if count == wanted else f" instead of {wanted:,}, as nf_conntrack_max is {greatest.limit:,} and not ours"
        print(f"\na dump of {count:,} entries{why}; medians of {REPETITIONS}")
        lab.up()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        lab.inside(LOAD, "fill", str(count))
        measure_cost(lab, directory, count)
        os.remove(os.path.join(directory, "output"))
        measure_loss(lab, directory)
    finally:
        lab.close()
        shutil.rmtree(directory, ignore_errors=True)
        greatest.close()
