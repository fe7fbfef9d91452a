"""What a running monitor holds, and how soon it tells; called by ../monitor."""

import argparse
import datetime
import os
import random
import signal
import statistics
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Live"))

import cleanup  # noqa: E402  Tests/Live
from lab import Lab  # noqa: E402
from processes import Program, until  # noqa: E402
from service import Service  # noqa: E402

LOAD = os.path.join(os.environ["BINARIES"], "Load")
READER = os.path.join(os.environ["BINARIES"], "StreamReader")
HEALTHY, PACKET_RATE, QUESTION_RATE = 8, 2_000, 5
MEDIAN_GOAL, LAST_GOAL = 2.0, 20.0

SENDER = """
import socket, time
near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
start = time.monotonic()
for number in range({rate} * {seconds}):
    near.sendto(b"nfmon", ("192.0.2.9", 9))
    ahead = start + number / {rate} - time.monotonic()
    if ahead > 0.005:
        time.sleep(ahead)
"""


class Reader(Program):
    """A reader of the stream that checks it."""

    def __init__(self, service, target="/v1/events"):
        super().__init__([READER, service.socket, target])
        until(lambda: b"reading" in self.output, "the reader reads")

    def catch_up(self):
        """Goes on, until there is nothing more to read."""
        self.send(signal.SIGCONT)
        before = None
        while (now := self._read_count()) != before:
            before = now
            time.sleep(1)

    def _read_count(self):
        with open(f"/proc/{self.process.pid}/io", encoding="ascii") as file:
            return next(line for line in file if line.startswith("rchar"))

    def findings(self):
        """What it found, once it has been told to end."""
        self.send(signal.SIGTERM)
        self.wait()
        lines = (line.split() for line in self.output.decode().splitlines() if " " in line)
        return {name: int(number) for name, number in lines}


class Background(threading.Thread):
    """What goes on beside the load, again and again."""

    def __init__(self, interval):
        super().__init__(daemon=True)
        self.interval = interval
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(self.interval()):
            self.turn()

    def turn(self):
        raise NotImplementedError

    def stop(self):
        self.over.set()
        self.join()


class Questions(Background):
    """Five a second, of all sessions."""

    def __init__(self, service):
        super().__init__(lambda: 1 / QUESTION_RATE)
        self.service = service
        self.times, self.failures = [], 0

    def turn(self):
        start = time.monotonic()
        try:
            with self.service.connect() as connection:
                connection.sendall(b"GET /v1/sessions?limit=20&sort=bytes HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n")
                text = b""
                while piece := connection.recv(1 << 20):
                    text += piece
            self.failures += not text.startswith(b"HTTP/1.1 200")
        except OSError:
            self.failures += 1
        self.times.append((time.monotonic() - start) * 1000)


class Leaver(Background):
    """A reader that closes at random, and comes back."""

    def __init__(self, service):
        super().__init__(lambda: random.uniform(0.1, 2))
        self.service = service
        self.count = 0
        self.connection = None

    def turn(self):
        if self.connection:
            self.connection.close()
            self.connection = None
        else:
            self.connection = self.service.connect()
            self.connection.sendall(b"GET /v1/events HTTP/1.1\r\nhost: t\r\n\r\n")
            self.count += 1


def part(values, share):
    """The value below which this share of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def stream_is_quiet(service):
    before = None
    while (now := int(service.metric("nfmon_stream_events_total"))) != before:
        before = now
        time.sleep(1)
    return now


def load(seconds, rate):
    lab = Lab()
    service = Service(lab.namespace)
    try:
        lab.up()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        lab.inside("iptables", "-F", "FORWARD")
        lab.inside("iptables", "-P", "FORWARD", "ACCEPT")
        lab.log("accept:beside", "-p", "udp", "--dport", "9")
        lab.inside("iptables", "-I", "INPUT", "-p", "udp", "-j", "DROP", role="server")
        service.start()
        readers = [Reader(service) for _ in range(HEALTHY)]
        stopped = Reader(service)
        stopped.send(signal.SIGSTOP)
        questions, leaver = Questions(service), Leaver(service)
        packets = Program(
            ["ip", "netns", "exec", f"{lab.prefix}-client", sys.executable, "-c",
             SENDER.format(rate=PACKET_RATE, seconds=seconds)])
        for each in questions, leaver:
            each.start()
        # Each session is two events, its begin and its end.
        said = lab.inside(LOAD, "churn", str(seconds), str(2 * rate), seconds=seconds * 3 + 60).stdout.split()
        told, took = int(said[1]), float(said[3])
        packets.wait(seconds * 2 + 60)
        for each in questions, leaver:
            each.stop()
        end = stream_is_quiet(service)
        peak = service.monitor.status("VmHWM")
        seconds_of_processor = service.metric("nfmon_process_cpu_seconds_total")
        stopped.catch_up()
        found = [reader.findings() for reader in readers]
        late = stopped.findings()
        print(f"\n{told // 2:,} sessions in {took:.1f} s, {PACKET_RATE:,} logged packets a second beside them")
        print(f"  readers              {'events':>10} {'starts':>10} {'ends':>10} {'missed':>10} {'breaks':>7} {'sources lost':>13}")
        for name, finding in [*((f"healthy {number}", each) for number, each in enumerate(found, 1)), ("stopped", late)]:
            print(
                f"  {name:20} {finding['events']:>10,} {finding['starts']:>10,} {finding['ends']:>10,} {finding['lost']:>10,} "
                f"{finding['breaks']:>7} {finding['source_losses']:>13}")
        print(f"  one that closed at random came {leaver.count} times")
        print(
            f"  {len(questions.times)} questions, {questions.failures} without an answer, median {statistics.median(questions.times):.1f} ms, "
            f"99 % within {part(questions.times, 0.99):.1f} ms")
        print(f"  memory at most {peak}; processor {seconds_of_processor:.1f} s; events told {end:,}")
        healthy = all(
            each["lost"] == 0 and each["breaks"] == 0 and each["source_losses"] == 0 and each["last"] == end - 1 for each in found)
        print(f"  no event lost, all in order for the healthy: {'yes' if healthy else 'NO'}")
        print(f"  the stopped one was told its count: {'yes' if late['lost'] > 0 and late['breaks'] == 0 else 'NO'}")
    finally:
        service.close()
        lab.close()


def latency(seconds, rate):
    lab = Lab()
    service = Service(lab.namespace)
    try:
        lab.up()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        service.start()
        delays = []
        with service.events_pipe() as lines:
            churn = Program(["ip", "netns", "exec", lab.namespace, LOAD, "churn", str(seconds), str(rate)])
            # It takes two hundred steps a second.
            starts = seconds * (rate // 2 // 200) * 200
            for line in lines:
                now = time.time()
                if b'"action":"session-start"' not in line:
                    continue
                stamp = line[len('{"@timestamp":"'):].split(b'"', 1)[0].decode()
                then = datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
                delays.append((now - then) * 1000)
                if len(delays) >= starts * 0.99:
                    break
            churn.wait(60)
        print(f"\nfrom the kernel to the standard output of nfmon events, {rate:,} events a second, {len(delays):,} sessions")
        print(f"  median {statistics.median(delays):.2f} ms (goal {MEDIAN_GOAL} ms), 99 % within {part(delays, 0.99):.2f} ms "
              f"(goal {LAST_GOAL} ms), the longest {max(delays):.2f} ms")
    finally:
        service.close()
        lab.close()


def main():
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/monitor")
    parser.add_argument("part", nargs="*", choices=[[], "load", "latency"], help="which; both by default")
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--rate", type=int, help="sessions, or events, a second")
    options = parser.parse_args()
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda *_: sys.exit(130))
    try:
        for name in options.part or ("load", "latency"):
            if name == "load":
                load(options.seconds or 60, options.rate or 20_000)
            else:
                latency(options.seconds or 20, options.rate or 1_000)
    finally:
        for failure in cleanup.close_all():
            print(failure, file=sys.stderr)


if __name__ == "__main__":
    main()
