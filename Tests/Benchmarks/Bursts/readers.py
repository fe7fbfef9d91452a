"""The programs that are put through the same bursts: how each is started, when it listens, what it delivered and admits."""

import json
import os
import re
import signal
import time

from processes import run, until

NFMON = os.environ["NFMON"]
LOAD = os.path.join(os.environ["BINARIES"], "Load")
BARE_LOOP = os.path.join(os.environ["BINARIES"], "BareLoop")
GROUP = 100


class Reader:
    """A program in the firewall's namespace; its output lies in memory, so that no disk slows it."""

    name = ""
    #: Whether it reads events of conntrack, or packets of NFLOG.
    reads = "events"

    def __init__(self, lab, directory):
        self.lab = lab
        self.directory = directory
        self.process = None
        self.usage = None
        self.status = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)
        return self.path(name)

    # ---- What each has of its own ------------------------------------------------------------------------------------

    def words(self):
        raise NotImplementedError

    def delivered(self):
        """How many events, or packets, it handed on."""
        raise NotImplementedError

    def stated_loss(self):
        """How many it says that it lost, or what else it says of a loss; None where it says nothing."""
        return None

    # ---- What all have in common ---------------------------------------------------------------------------------------

    def start(self):
        words = ["ip", "netns", "exec", self.lab.namespace, *self.words()]
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, self.path("output"), os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, self.path("talk"), os.O_WRONLY | os.O_CREAT, 0o600),
        ]
        self.process = os.posix_spawnp(words[0], words, os.environ, file_actions=actions, setpgroup=0)
        until(self.listens, f"{self.name} listens", 20)

    def listens(self):
        assert self.is_running(), f"{self.name} has ended: {self.talk()[-500:]}"
        if self.reads == "events":
            return any(int(row["Groups"], 16) & 0b101 for row in self.lab.netlink_sockets())
        owners = self.lab.inside("cat", "/proc/net/netfilter/nfnetlink_log").stdout.split("\n")
        return any(line.split()[:1] == [str(GROUP)] for line in owners)

    def is_running(self):
        return self.process and os.waitid(os.P_PID, self.process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def ticks(self):
        """Processor time of its processes so far; also what tells that it is done."""
        total = 0
        for process in run("ps", "-o", "pid=", "--pgroup", str(self.process), check=False).stdout.split():
            try:
                with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
            except OSError:
                pass
        return total

    def until_done(self, seconds=120):
        """Waits until it has used no processor worth speaking of for a while."""
        deadline = time.monotonic() + seconds
        before, quiet = self.ticks(), 0
        while quiet < 4 and time.monotonic() < deadline and self.is_running():
            time.sleep(0.5)
            now = self.ticks()
            quiet = quiet + 1 if now - before <= 1 else 0
            before = now

    def stop(self):
        if not self.process:
            return
        process, self.process = self.process, None
        if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            os.kill(process, signal.SIGINT)
        deadline = time.monotonic() + 20
        while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.05)
        _, self.status, self.usage = os.wait4(process, 0)

    def talk(self):
        with open(self.path("talk"), encoding="utf-8", errors="replace") as talk:
            return talk.read()

    def lines(self, name="output"):
        try:
            with open(self.path(name), "rb") as output:
                yield from output
        except FileNotFoundError:
            return

    @property
    def seconds(self):
        return self.usage.ru_utime + self.usage.ru_stime

    @property
    def peak(self):
        """Bytes of its largest process."""
        return self.usage.ru_maxrss * 1024


# ---- Of conntrack's events ------------------------------------------------------------------------------------------------


class NfmonEvents(Reader):
    name = "nfmon events -o ndjson"

    def words(self):
        return [NFMON, "events", "-o", "ndjson"]

    def listens(self):
        return super().listens() and "listening" in self.talk()

    def delivered(self):
        return sum(b'"action":"session-start"' in line or b'"action":"session-end"' in line for line in self.lines())

    def stated_loss(self):
        lost = re.search(r"lost ([\d,]+) message", self.talk())
        if lost:
            return int(lost.group(1).replace(",", ""))
        return 0 if "nothing is known to be lost" in self.talk() else None


class BareLoop(Reader):
    """What receiving and parsing alone cost: nothing is made of the events."""

    name = "bare nfct_nlmsg_parse loop"

    def words(self):
        return [BARE_LOOP]

    def figure(self, word):
        found = re.search(rf"{word} (\d+)".encode(), b"".join(self.lines()))
        return int(found.group(1)) if found else 0

    def delivered(self):
        return self.figure("parsed")

    def stated_loss(self):
        return self.figure("dropped")


class ConntrackTool(Reader):
    name = "conntrack -E"

    def words(self):
        return ["conntrack", "-E", "-e", "NEW,DESTROY"]

    def delivered(self):
        return sum(b"[NEW]" in line or b"[DESTROY]" in line for line in self.lines())

    def stated_loss(self):
        return "says so" if "ENOBUFS" in self.talk() else None


class Ulogd(Reader):
    """ulogd2 from its own example's parts; the options are what a reader of the manual would set."""

    name = "ulogd2, JSON"
    stack = "ct1:NFCT,ip2str1:IP2STR,json1:JSON"
    plugins = ("inpflow_NFCT", "filter_IP2STR", "output_JSON")
    section = "[ct1]\nevent_mask=0x00000005\nhash_enable=0\n"

    def words(self):
        # The folder has the machine's name in it.
        files = {os.path.basename(path): path for path in run("dpkg", "-L", "ulogd2", "ulogd2-json").stdout.split("\n")}
        plugins = "".join(f'plugin="{files[f"ulogd_{name}.so"]}"\n' for name in self.plugins)
        text = (
            f'[global]\nlogfile="{self.path("log")}"\nloglevel=3\n{plugins}stack={self.stack}\n'
            f'{self.section}[json1]\nsync=0\nfile="{self.path("json")}"\n'
        )
        return ["ulogd", "-c", self.write("ulogd.conf", text)]

    def delivered(self):
        return sum(1 for _ in self.lines("json"))

    def stated_loss(self):
        log = b"".join(self.lines("log"))
        found = re.findall(rb"lost|overrun|ENOBUFS|buffer", log)
        return "says so" if found else None


class Conntrackd(Reader):
    name = "conntrackd, statistics"

    def words(self):
        text = (
            f'General {{\n HashSize 65536\n HashLimit 524288\n LockFile {self.path("lock")}\n'
            f' UNIX {{ Path {self.path("control")} }}\n NetlinkBufferSize 2097152\n NetlinkBufferSizeMaxGrowth 8388608\n'
            f' LogFile {self.path("log")}\n}}\nStats {{ }}\n'
        )
        self.write("conntrackd.conf", text)
        return ["conntrackd", "-C", self.path("conntrackd.conf")]

    def until_done(self, seconds=120):
        super().until_done(seconds)
        self.statistics = run("conntrackd", "-C", self.path("conntrackd.conf"), "-s", check=False).stdout

    def delivered(self):
        created = re.search(r"connections created:\s+(\d+)", self.statistics)
        destroyed = re.search(r"connections destroyed:\s+(\d+)", self.statistics)
        return sum(int(found.group(1)) for found in (created, destroyed) if found)

    def stated_loss(self):
        log = b"".join(self.lines("log"))
        return "says so" if re.search(rb"[Oo]verrun|ENOBUFS|lost|buffer", log) else None


# ---- Of NFLOG's packets -----------------------------------------------------------------------------------------------------


class NfmonPackets(NfmonEvents):
    reads = "packets"

    def delivered(self):
        """What the sessions' ends say that rules logged of them."""
        events = (json.loads(line) for line in self.lines() if b'"action":"session-end"' in line)
        return sum(event["nfmon"].get("nflog", {}).get("packets", 0) for event in events)

    def stated_loss(self):
        lost = re.search(r"nflog lost ([\d,]+) packet", self.talk())
        return int(lost.group(1).replace(",", "")) if lost else 0 if "complete: nothing" in self.talk() else None


class NfmonPacketsWithSmallBuffer(NfmonPackets):
    name = "nfmon, --nflog-buffer 8K"

    def words(self):
        return [*super().words(), "--nflog-buffer", "8K"]


class UlogdPackets(Ulogd):
    reads = "packets"
    stack = "log1:NFLOG,base1:BASE,ifi1:IFINDEX,ip2str1:IP2STR,json1:JSON"
    plugins = ("inppkt_NFLOG", "raw2packet_BASE", "filter_IFINDEX", "filter_IP2STR", "output_JSON")
    section = f"[log1]\ngroup={GROUP}\n"


class UlogdPacketsWithBuffer(UlogdPackets):
    name = "ulogd2, JSON, 64 MiB"
    section = UlogdPackets.section + f"netlink_socket_buffer_size={64 << 20}\nnetlink_socket_buffer_maxsize={64 << 20}\n"


class Uacctd(Reader):
    name = "uacctd, print"
    reads = "packets"
    buffer = ""

    def words(self):
        text = (
            f"daemonize: false\nuacctd_group: {GROUP}\n{self.buffer}plugins: print\n"
            f"aggregate: src_host, dst_host, src_port, dst_port, proto\nprint_output: csv\n"
            f"print_output_file: {self.path('flows')}\nprint_refresh_time: 600\n"
        )
        return ["uacctd", "-f", self.write("uacctd.conf", text)]

    def stop(self):
        super().stop()
        until(lambda: not run("pgrep", "-g", str(self.group), check=False).stdout, "uacctd's plugin ends", 20)

    def start(self):
        super().start()
        self.group = self.process

    def delivered(self):
        rows = [line.decode().strip().split(",") for line in self.lines("flows")]
        places = [place for place, title in enumerate(rows[0]) if title == "PACKETS"] if rows else []
        return sum(int(row[places[0]]) for row in rows[1:]) if places else 0

    def stated_loss(self):
        return "says so" if re.search(r"lost|overflow|drop|missing", self.talk(), re.I) else None


class UacctdWithBuffer(Uacctd):
    name = "uacctd, print, 64 MiB"
    buffer = f"uacctd_nl_size: {64 << 20}\n"


class Tcpdump(Reader):
    name = "tcpdump -w /dev/null"
    reads = "packets"

    def words(self):
        return ["tcpdump", "-i", f"nflog:{GROUP}", "-w", "/dev/null"]

    def delivered(self):
        found = re.search(r"(\d+) packets captured", self.talk())
        return int(found.group(1)) if found else 0

    def stated_loss(self):
        found = re.search(r"(\d+) packets dropped by kernel", self.talk())
        return int(found.group(1)) if found else None


EVENT_READERS = (NfmonEvents, BareLoop, ConntrackTool, Ulogd, Conntrackd)
PACKET_READERS = (
    NfmonPackets, NfmonPacketsWithSmallBuffer, UlogdPackets, UlogdPacketsWithBuffer, Uacctd, UacctdWithBuffer, Tcpdump,
)
