"""Puts nfmon and its peers through the same bursts, one after the other, each in a lab of its own; called by ../bursts."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Live"))

import cleanup  # noqa: E402  Tests/Live
import dumps  # noqa: E402
import totals  # noqa: E402
from lab import Lab  # noqa: E402
from readers import EVENT_READERS, GROUP, LOAD, PACKET_READERS  # noqa: E402


class Burst:
    """A load, and what the kernel says that it was."""

    readers = EVENT_READERS

    def __init__(self, count):
        self.count = count

    def prepare(self, lab):
        """What of the firewall must be so for this burst."""
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)

    def throw(self, lab):
        raise NotImplementedError

    def truth(self, lab):
        """How many the kernel had to tell."""
        return 2 * self.count


class Entries(Burst):
    """Entries created and destroyed as fast as ctnetlink takes them from one process."""

    title = "entries created and destroyed by ctnetlink"

    def throw(self, lab):
        lab.inside(LOAD, "entries", str(self.count))


class Connections(Burst):
    """Connections made by real packets, one datagram each, then all destroyed at once."""

    title = "connections of one datagram, then conntrack -F"

    def prepare(self, lab):
        super().prepare(lab)
        # The policy lets in what comes from the client; what does not exist is not told.
        lab.inside("iptables", "-t", "nat", "-F")
        lab.inside("ip", "route", "add", "10.0.0.0/24", "via", "192.0.2.1", role="server", check=False)
        lab.inside("iptables", "-I", "INPUT", "-p", "udp", "-j", "DROP", role="server")

    def throw(self, lab):
        lab.inside(LOAD, "connections", str(self.count), "10.0.0.7", "192.0.2.9", role="client")
        settle(lambda: table_size(lab))
        self.made = table_size(lab)
        lab.flush()

    def truth(self, lab):
        return 2 * self.made


class Packets(Burst):
    """Small packets of one connection through one NFLOG rule."""

    readers = PACKET_READERS
    title = "packets through one -j NFLOG rule"

    def prepare(self, lab):
        super().prepare(lab)
        lab.inside("iptables", "-I", "INPUT", "-p", "udp", "-j", "DROP", role="server")
        lab.log("accept:flood", "-p", "udp", group=GROUP)

    def throw(self, lab):
        lab.inside(LOAD, "packets", str(self.count), "10.0.0.7", "192.0.2.9", role="client")
        settle(lambda: lab.logged_count("accept:flood"))
        # A gap in the sequence shows only when a packet comes after it.
        for _ in range(3):
            time.sleep(1)
            lab.inside(LOAD, "packets", "10", "10.0.0.7", "192.0.2.9", role="client")
        time.sleep(1)
        lab.flush()

    def truth(self, lab):
        return lab.logged_count("accept:flood")


BURSTS = {"entries": (Entries, 200_000), "connections": (Connections, 200_000), "packets": (Packets, 1_000_000)}
#: Not a burst, but measured by the same means: entries of the table that is dumped.
DUMP, DUMP_COUNT = "dump", 500_000
TOTALS = "totals"


def table_size(lab):
    """How many entries the kernel's table has."""
    return int(lab.inside("conntrack", "-C").stdout)


def settle(measure):
    """Waits until a figure does not change any more."""
    before = None
    while (now := measure()) != before:
        before = now
        time.sleep(0.2)


def put_through(burst, reader_class):
    """One reader through one burst: a line of the table."""
    directory = tempfile.mkdtemp(prefix="nfmon-burst-", dir="/dev/shm")
    lab = Lab(group=GROUP)
    reader = reader_class(lab, directory)
    try:
        lab.up()
        # The lab's own rule would feed the group, too.
        lab.inside("iptables", "-F", "FORWARD")
        lab.inside("iptables", "-P", "FORWARD", "ACCEPT")
        burst.prepare(lab)
        reader.start()
        start = time.monotonic()
        burst.throw(lab)
        took = time.monotonic() - start
        reader.until_done()
        reader.stop()
        truth = burst.truth(lab)
        delivered = reader.delivered()
        loss = reader.stated_loss()
        rate = reader.seconds / max(1, delivered) * 1e6
        print(
            f"  {reader.name:28} {delivered:>11,} {100 * delivered / truth:>7.2f} % "
            f"{f'{loss:,}' if isinstance(loss, int) else loss or 'silent':>12} {truth - delivered:>11,} "
            f"{reader.seconds:>7.2f} {rate:>7.2f} {reader.peak / 2**20:>7.0f} {took:>7.1f}",
            flush=True,
        )
    finally:
        reader.stop()
        lab.close()
        shutil.rmtree(directory, ignore_errors=True)


def put_all_through(burst, words):
    """Each reader whose name contains these words through one burst: a table."""
    print(f"\n{burst.count:,} {burst.title}")
    print(
        f"  {'':28} {'delivered':>11} {'':>9} {'says lost':>12} {'is lost':>11} {'CPU s':>7} {'s/mill.':>7} "
        f"{'MiB':>7} {'took s':>7}"
    )
    for reader in burst.readers:
        if words in reader.name:
            put_through(burst, reader)


def main():
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/bursts")
    parser.add_argument("burst", nargs="*", metavar="burst", help="which bursts; all by default")
    parser.add_argument("--count", type=int, help="how many entries, connections or packets")
    parser.add_argument("--reader", default="", help="only the readers whose names contain this")
    options = parser.parse_args()
    for name in options.burst:
        if name not in (*BURSTS, DUMP, TOTALS):
            parser.error(f"unknown burst '{name}': use {', '.join((*BURSTS, DUMP, TOTALS))}")
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda *_: sys.exit(130))
    try:
        for name in options.burst or (*BURSTS, DUMP, TOTALS):
            if name == DUMP:
                dumps.measure(options.count or DUMP_COUNT)
            elif name == TOTALS:
                totals.measure(options.count or max(totals.COUNTS))
            else:
                kind, count = BURSTS[name]
                put_all_through(kind(options.count or count), options.reader)
    finally:
        for failure in cleanup.close_all():
            print(failure, file=sys.stderr)


if __name__ == "__main__":
    main()
