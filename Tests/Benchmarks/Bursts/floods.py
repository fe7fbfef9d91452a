"""Floods a cable with small packets and reads them with nfmon and its peers in turn; called by ../floods."""

import argparse
import glob
import json
import os
import re
import signal
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Live"))

import lab  # noqa: E402,F401  Tests/Live: makes iptables/traffic.py importable
from cable import Cable  # noqa: E402
from processes import Program, run, until  # noqa: E402

NFMON = os.environ["NFMON"]
FLOOD = os.path.join(os.environ["BINARIES"], "Flood")


class Reader:
    """A program that reads the far end of the cable."""

    def __init__(self, cable, directory):
        self.cable = cable
        self.directory = directory
        self.program = Program(["ip", "netns", "exec", cable.far.name, *self.words()])

    def is_ready(self):
        """Whether it listens: a packet socket is bound, and it says nothing of that."""
        rows = self.cable.inside(self.cable.far, "cat", "/proc/net/packet").stdout.splitlines()[1:]
        return bool(rows)

    def seconds(self):
        """Processor time of all of its threads."""
        total = 0
        for path in glob.glob(f"/proc/{self.program.process.pid}/task/*/schedstat"):
            with open(path, encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def settle(self):
        """Waits until it has read what there is, and told what it told every second."""
        time.sleep(2.5)

    def finish(self):
        self.program.stop(seconds=30)

    def words(self):
        raise NotImplementedError

    def figures(self):
        """How many packets it read, and how many it says that it lost; None where it does not say."""
        raise NotImplementedError


class NFMon(Reader):
    name = "nfmon sessions -i"

    def words(self):
        # It ends by itself, well after the flood.
        return [NFMON, "sessions", "-i", "far0", "--no-conntrack", "--no-nflog", "--interval", "12s", "-o", "json", "-n", "1"]

    def finish(self):
        self.program.wait(30)

    def figures(self):
        summary = json.loads(self.program.output)["summary"]
        return summary["frames"]["read"], summary.get("lost", {}).get("packet", 0)


class TCPDump(Reader):
    name = "tcpdump -s 96 -w /dev/null"

    def words(self):
        return ["tcpdump", "-n", "-i", "far0", "-s", "96", "-w", "/dev/null"]

    def figures(self):
        talk = self.program.talk
        captured, dropped = (
            int(re.search(rf"(\d+) packets? {word}", talk)[1]) for word in ("captured", "dropped by kernel"))
        return captured, dropped


class SoftFlowD(Reader):
    name = "softflowd"

    def words(self):
        return ["softflowd", "-d", "-i", "far0", "-m", "200000", "-p", self.path("pid"), "-c", self.path("control")]

    def path(self, name):
        return os.path.join(self.directory, f"{id(self)}-{name}")

    def settle(self):
        super().settle()
        control = self.cable.inside(self.cable.far, "softflowctl", "-c", self.path("control"), "statistics").stdout
        found = re.search(r"Packets processed: (\d+)", control)
        lost = re.search(r"dropped by libpcap: (\d+)", control) or re.search(r"(\d+) dropped", control)
        self.found = (int(found[1]) if found else None, int(lost[1]) if lost else None)

    def figures(self):
        return self.found


class PMAcctD(Reader):
    name = "pmacctd"

    def words(self):
        configuration = os.path.join(self.directory, f"{id(self)}.conf")
        with open(configuration, "w", encoding="ascii") as file:
            file.write(
                "daemonize: false\npcap_interface: far0\nplugins: memory\naggregate: src_host,dst_host,src_port,dst_port,proto\n"
                f"imt_path: {configuration}.pipe\nimt_buckets: 131071\nimt_mem_pools_number: 0\n"
                "plugin_pipe_size: 67108864\nplugin_buffer_size: 65536\n")
        self.pipe = f"{configuration}.pipe"
        return ["pmacctd", "-f", configuration]

    def seconds(self):
        # Its plugin is a process of its own.
        children = run("pgrep", "-P", str(self.program.process.pid), check=False).stdout.split()
        total = super().seconds()
        for child in children:
            with open(f"/proc/{child}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0]) / 1e9
        return total

    def settle(self):
        super().settle()
        listing = self.cable.inside(self.cable.far, "pmacct", "-s", "-p", self.pipe, "-O", "json", check=False).stdout
        rows = [json.loads(line) for line in listing.splitlines() if line.startswith("{")]
        self.found = sum(row["packets"] for row in rows if row.get("port_dst") == 9), None

    def figures(self):
        return self.found


READERS = [NFMon, TCPDump, SoftFlowD, PMAcctD]


# The host drops the packets behind the readers' sockets: its own look at each of them would cost the sender's core half as much again as
# the sending.
SINK = """table netdev sink {
    chain ingress { type filter hook ingress device far0 priority 0; policy drop; };
}
"""


def measure(kind, count, sessions):
    """(packets that came, packets read, packets said to be lost, processor seconds, packets a second)."""
    cable = Cable()
    cable.inside(cable.far, "nft", SINK)
    with tempfile.TemporaryDirectory(prefix="nfmon-floods-") as directory:
        reader = None
        try:
            reader = kind(cable, directory)
            until(reader.is_ready, f"{kind.name} listens")
            time.sleep(1)
            mac = cable.inside(cable.far, "cat", "/sys/class/net/far0/address").stdout.strip()
            before, begun = cable.received(), reader.seconds()
            sent, seconds = cable.inside(
                cable.near, FLOOD, "near0", str(count), str(sessions), mac).stdout.split()
            # The reader goes on reading for a while, and tells what it has gathered.
            time.sleep(1.5)
            spent = reader.seconds() - begun
            came = cable.received() - before
            reader.settle()
            reader.finish()
            read, lost = reader.figures()
            return came, read, lost, spent, int(sent) / float(seconds)
        finally:
            if reader:
                reader.program.close()
            cable.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--sessions", type=int, action="append")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--reader", action="append", help="a word of its name")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    kinds = [kind for kind in READERS if not options.reader or any(word in kind.name for word in options.reader)]
    for sessions in options.sessions or [1000, 100_000]:
        taken = {kind: [] for kind in kinds}
        for _ in range(options.repetitions):
            for kind in kinds:
                taken[kind].append(measure(kind, options.count, sessions))
        print(f"\n{options.count:,} packets of {sessions:,} sessions")
        print(f"{'':28} {'read':>9} {'says lost':>10} {'untold':>8}  {'processor seconds per million':30} {'a second':>9}")
        for kind, rows in taken.items():
            lost, rate = (sorted(column, key=lambda value: value or 0) for column in list(zip(*rows))[2::2])
            costs = [1e6 * row[3] / row[0] for row in rows]
            shares = [100 * row[1] / row[0] if row[1] is not None else None for row in rows]
            share = "-" if None in shares else f"{min(statistics.median(shares), 100):.3f}%"
            said = "-" if lost[-1] is None else f"{statistics.median(value or 0 for value in lost):,.0f}"
            # What came and was neither read nor said to be lost; the cable carries a few packets of the kernel's own besides.
            untold = [row[0] - row[1] - (row[2] or 0) for row in rows if row[1] is not None]
            rest = f"{max(untold, key=abs):,}" if untold else "-"
            cost = f"{statistics.median(costs):.3f} ({min(costs):.3f} to {max(costs):.3f})"
            print(f"{kind.name:28} {share:>9} {said:>10} {rest:>8}  {cost:30} {statistics.median(rate):9,.0f}")


if __name__ == "__main__":
    main()
