"""What each path costs nfmon for the same traffic, as `nfmon compare` tells; called by ../paths."""

import argparse
import os
import signal
import socket
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Live"))

from comparison import Comparison  # noqa: E402
from lab import Lab  # noqa: E402
from processes import until  # noqa: E402

PACKETS = 167_000
SESSIONS = 20_000
PATHS = "conntrack", "nflog", "packet"
# Which packets the rule logs; what it leaves out differs, and for no other reason anything may.
RULES = {"every packet": ((), set()), "new connections": (("-m", "conntrack", "--ctstate", "NEW"), {"not-logged", "sampled"})}


def one_session(lab):
    """One long session, whose first packet is answered: without that all of them are new to conntrack."""
    with lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink, lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM) as near:
        sink.bind((lab.server.inet, 9))
        near.bind((lab.client.inet, 5000))
        near.connect((lab.server.inet, 9))
        near.send(b"and?")
        sink.sendto(b"go on", sink.recvfrom(16)[1])
        payload = bytes(1000)
        for _ in range(PACKETS - 2):
            near.send(payload)


def many_sessions(lab):
    """Sessions of one packet, which then end."""
    lab.datagrams(SESSIONS, first_source_port=10_000)
    until(lambda: lab.entry_count() >= SESSIONS, "all sessions have begun")
    lab.flush()


TRAFFIC = {f"one session of {PACKETS:,} packets": one_session, f"{SESSIONS:,} sessions of one packet, begun and ended": many_sessions}


def measure(drive, match, allowed):
    """Milliseconds by path, and what else must be said of the run."""
    lab = Lab()
    try:
        lab.up()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        # Headers are enough, and many of them in a message, as an operator would have it who logs so much.
        words = "-j", "NFLOG", "--nflog-group", "100", "--nflog-prefix", "all", "--nflog-size", "128", "--nflog-threshold", "50"
        lab.inside("iptables", "-I", "FORWARD", *match, *words)
        comparison = Comparison(lab)
        try:
            drive(lab)
            answer = comparison.answer()
        finally:
            comparison.close()
    finally:
        lab.close()
    flaws = set(answer.reasons) - allowed
    paths = [answer.summary["lanes"][path] for path in PATHS]
    if any(path.get("lost") for path in paths):
        flaws.add("loss")
    return [path["cpu_ns"] / 1e6 for path in paths], flaws


def measure_all(count, run):
    """What so many runs without a flaw cost, none where twice as many did not bring them; and the flaws of the others."""
    runs, flawed = [], []
    while len(runs) < count:
        if len(runs) + len(flawed) == 2 * count:
            return [], flawed
        costs, flaws = run()
        if flaws:
            flawed.append(flaws)
        else:
            runs.append(costs)
    return runs, flawed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for name, drive in TRAFFIC.items():
        print(f"\n{name}: milliseconds of processor time\n{'rule logs':18}" + "".join(f"{path:>24}" for path in PATHS) + "   runs that do not count")
        for rule, (match, allowed) in RULES.items():
            runs, flawed = measure_all(options.repetitions, lambda: measure(drive, match, allowed))
            cells = [f"{statistics.median(column):.0f} ({min(column):.0f} to {max(column):.0f})" for column in zip(*runs)]
            cells = cells or ["too few runs count"]
            left_out = f"{len(flawed)}: {', '.join(sorted(set().union(*flawed)))}" if flawed else "none"
            print(f"{rule:18}" + "".join(f"{cell:>24}" for cell in cells) + f"   {left_out}", flush=True)


if __name__ == "__main__":
    main()
