"""Measures what each profile of iptables/ costs for a connection; called by ../profiles."""

import argparse
import os
import shutil
import signal
import statistics
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Live"))

import cleanup  # noqa: E402  Tests/Live
from lab import Lab  # noqa: E402
from readers import GROUP, LOAD, NfmonEvents  # noqa: E402

NONE = "no rules"
PROFILES = (NONE, "new", "head", "all")
TICKS = os.sysconf("SC_CLK_TCK")


class Nfmon(NfmonEvents):
    def __init__(self, lab, directory, profile):
        super().__init__(lab, directory)
        self.profile = profile

    def words(self):
        return [*super().words(), *(["--no-nflog"] if self.profile == NONE else [])]


def kernel_threads():
    """Processor seconds of the threads that forward packets where their sender's turn is over (ksoftirqd)."""
    total = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as stat:
                name, fields = stat.read().rsplit(")", 1)
        except OSError:
            continue
        if "(ksoftirqd/" in name:
            total += sum(map(int, fields.split()[11:13]))
    return total / TICKS


def sending(lab, count, each):
    """Processor seconds of sending and forwarding."""
    before = kernel_threads()
    words = ["ip", "netns", "exec", f"{lab.prefix}-client", LOAD, "flows", str(count), str(each), "10.0.0.7", "192.0.2.9"]
    process = os.posix_spawnp(words[0], words, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ])
    _, status, usage = os.wait4(process, 0)
    if status:
        raise AssertionError(f"{LOAD} failed")
    return usage.ru_utime + usage.ru_stime + kernel_threads() - before


def measure(profile, count, each):
    """(kernel, nfmon) in microseconds for each connection; what nfmon says of a loss."""
    directory = tempfile.mkdtemp(prefix="nfmon-burst-", dir="/dev/shm")
    lab = Lab(group=GROUP)
    reader = Nfmon(lab, directory, profile)
    try:
        lab.up()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        lab.inside("iptables", "-I", "INPUT", "-p", "udp", "-j", "DROP", role="server")
        if profile != NONE:
            lab.rules(profile)
        reader.start()
        kernel = sending(lab, count, each)
        reader.until_done()
        lab.flush()
        reader.until_done()
        reader.stop()
        ends = sum(b'"action":"session-end"' in line for line in reader.lines())
        if ends < count:
            print(f"{profile}: {ends} of {count} connections were told", file=sys.stderr)
        loss = reader.talk().splitlines()[-1].partition("; ")[2]
        return kernel / count * 1e6, reader.seconds / count * 1e6, loss
    finally:
        reader.stop()
        lab.close()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/profiles")
    parser.add_argument("--count", type=int, default=20_000, help="connections (default 20,000, at most 50,000)")
    parser.add_argument("--each", type=int, default=20, help="datagrams of each (default 20)")
    parser.add_argument("--repeat", type=int, default=7, help="repetitions (default 7)")
    options = parser.parse_args()
    if not 1 <= options.count <= 50_000 or not 1 <= options.each <= 1000 or not 1 <= options.repeat <= 100:
        parser.error("1 to 50,000 connections of 1 to 1,000 datagrams, 1 to 100 times")
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda *_: sys.exit(130))
    found = {profile: [] for profile in PROFILES}
    try:
        for _ in range(options.repeat):
            for profile in PROFILES:
                found[profile].append(measure(profile, options.count, options.each))
    finally:
        for failure in cleanup.close_all():
            print(failure, file=sys.stderr)
    print(f"\n{options.count:,} connections of {options.each} datagrams: µs of processor time for each, median (least–greatest)")
    print(f"  {'':10} {'kernel':>20} {'nfmon':>20} {'added by the rules':>20}")
    base = None
    for profile, samples in found.items():
        columns = [[sample[place] for sample in samples] for place in (0, 1)]
        total = sum(map(statistics.median, columns))
        base = total if base is None else base
        texts = [f"{statistics.median(column):.1f} ({min(column):.1f}–{max(column):.1f})" for column in columns]
        added = "" if profile == NONE else f"{total - base:.1f}"
        print(f"  {profile:10} {texts[0]:>20} {texts[1]:>20} {added:>20}")
        for loss in sorted({sample[2] for sample in samples if not sample[2].startswith("complete")}):
            print(f"  {'':10} {loss}")


if __name__ == "__main__":
    main()
