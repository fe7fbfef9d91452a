"""The firewall between a client and a server that `iptables/lab` makes, and what a test does with it."""

import contextlib
import itertools
import os
import re
import socket
import struct
import sys
import tempfile

import cleanup
import session
from nfmon import Monitor, finish
from processes import Program, run, until

IPTABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "iptables")
sys.path.insert(0, IPTABLES)
import traffic  # noqa: E402  iptables/traffic.py: its hosts and namespaces are the lab's

PREFIX = f"nfmon-live-{os.getpid()}"
_numbers = itertools.count(1)


class Lab:
    """The lab, up from `up()` to `close()`."""

    def __init__(self, group=100):
        self.prefix = f"{PREFIX}-{next(_numbers)}"
        self.group = group
        self.client, self.firewall, self.server = (
            traffic.Host(traffic.Namespace(f"{self.prefix}-{role}"), *addresses)
            for role, addresses in (
                ("client", ("10.0.0.7", "fd00:10::7")),
                ("firewall", ("192.0.2.1", "2001:db8:2::1")),
                ("server", ("192.0.2.9", "2001:db8:2::9")),
            )
        )
        self.out = traffic.Route(self.client, self.server, "lan0", "wan0", snat="192.0.2.1")
        self.inward = traffic.Route(self.server, self.client, "wan0", "lan0", dnat=("192.0.2.1", 8080))

    def up(self):
        cleanup.register(self)
        # Without offloading a packet that NFLOG counts is one on the wire.
        run(os.path.join(IPTABLES, "lab"), "up", self.prefix, "--group", str(self.group), "--no-offload")
        return self

    def close(self):
        cleanup.forget(self)
        run(os.path.join(IPTABLES, "lab"), "down", self.prefix)

    # ---- The firewall -----------------------------------------------------------------------------------------------

    @property
    def namespace(self):
        return self.firewall.namespace.name

    def inside(self, *words, role="firewall", **more):
        return run("ip", "netns", "exec", f"{self.prefix}-{role}", *words, **more)

    def sysctl(self, **values):
        """Sets what is below net.netfilter."""
        self.inside("sysctl", "-qw", *(f"net.netfilter.{name}={value}" for name, value in values.items()))

    def rules(self, *profiles):
        run(
            os.path.join(IPTABLES, "rules"), "apply", *profiles, "--group", str(self.group),
            "--netns", self.namespace,
        )

    def log(self, prefix, *match, group=None, chain="FORWARD", command="iptables"):
        """A NFLOG rule of the test's own, at the head of a chain."""
        self.inside(
            command, "-I", chain, *match, "-j", "NFLOG", "--nflog-group", str(self.group if group is None else group),
            "--nflog-prefix", prefix,
        )

    def logged_count(self, prefix, chain="FORWARD", command="iptables"):
        """How many packets the rule with this prefix has logged, by its own counter."""
        lines = self.inside(command, "-nvxL", chain).stdout.splitlines()
        rule = re.compile(rf'nflog-prefix +"?{re.escape(prefix)}"?(\s|$)')
        counts = [int(line.split()[0]) for line in lines if rule.search(line)]
        if len(counts) != 1:
            raise AssertionError(f"not one rule with prefix {prefix}: {lines}")
        return counts[0]

    # ---- conntrack(8), the oracle -----------------------------------------------------------------------------------

    def conntrack(self):
        """What the kernel's table holds now, by key."""
        sessions = []
        for family in "ipv4", "ipv6":
            listing = self.inside("conntrack", "-L", "-f", family, "-o", "extended,id").stdout
            sessions += map(session.parse_conntrack, listing.splitlines())
        return {entry.key: entry for entry in sessions}

    def delete(self, *match):
        self.inside("conntrack", "-D", *match)

    def flush(self):
        """Ends every session, whereupon the kernel sends DESTROY."""
        self.inside("conntrack", "-F")

    def fill(self, count, network, seconds):
        """Makes entries of UDP flows from 10.`network`.0.0/16, which live for so many seconds; some 100,000 a second."""
        with tempfile.NamedTemporaryFile("w", prefix="nfmon-live-", encoding="ascii") as file:
            for number in range(count):
                host, port = divmod(number, 50_000)
                file.write(
                    f"-A -t {seconds} -p udp -s 10.{network}.{host}.1 --sport {5000 + port} -d 198.51.100.9 --dport 53\n"
                )
            file.flush()
            self.inside("conntrack", "-R", file.name)

    def entry_count(self):
        """How many entries the kernel's table has."""
        return int(self.inside("conntrack", "-C").stdout)

    def watch_ends(self):
        """`conntrack -E` for DESTROY, beside nfmon."""
        watcher = Program(
            ["ip", "netns", "exec", self.namespace, "conntrack", "-E", "-e", "DESTROY", "-o", "extended,id"]
        )
        # It says nothing when it begins to listen: its socket in the kernel's table does. DESTROY is group 3.
        until(lambda: any(int(row["Groups"], 16) == 4 for row in self.netlink_sockets()), "conntrack -E listens")
        return watcher

    def netlink_sockets(self):
        """The netfilter rows of /proc/net/netlink."""
        lines = self.inside("cat", "/proc/net/netlink").stdout.splitlines()
        titles = lines[0].split()
        return [row for row in (dict(zip(titles, line.split())) for line in lines[1:]) if row["Eth"] == "12"]

    def drops_of(self, process):
        """How many messages the kernel dropped on each of a process's netfilter sockets, by multicast groups."""
        own = set()
        for number in os.listdir(f"/proc/{process}/fd"):
            with contextlib.suppress(FileNotFoundError):  # what was opened for a moment only
                found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(f"/proc/{process}/fd/{number}"))
                own.update(found.groups() if found else ())
        return {int(row["Groups"], 16): int(row["Drops"]) for row in self.netlink_sockets() if row["Inode"] in own}

    # ---- nfmon --------------------------------------------------------------------------------------------------------

    def events(self, *words, **more):
        """`nfmon events` in the firewall, listening."""
        return Monitor("events", "--netns", self.namespace, *words, **more).until_ready()

    def record(self, *words, **more):
        return Monitor("record", "--netns", self.namespace, *words, **more).until_ready()

    def sessions(self, *words, **more):
        """`nfmon sessions`, to its end."""
        return finish("sessions", "--netns", self.namespace, *words, **more)

    # ---- Traffic ------------------------------------------------------------------------------------------------------

    def drive(self, **counts):
        """Traffic of known counts, as `traffic.py --help` names them; nothing by default. Its flows."""
        none = {"tcp": 0, "dnat": 0, "udp": 0, "ping": 0, "refused": 0, "denied": 0}
        words = [f"--{name}={count}" for name, count in {**none, **counts}.items()]
        lines = run(sys.executable, "-B", os.path.join(IPTABLES, "traffic.py"), "--lab", self.prefix, *words).stdout
        return session.parse_events(lines.splitlines())

    def connect(self, port=443, family=socket.AF_INET, route=None):
        """A TCP connection through the firewall: the initiator's socket, the other end's, its key."""
        route = route or self.out
        near, far = traffic.connect(route, family, port)
        return near, far, session.key_of_flow(
            route.flow("tcp", family, near.getsockname()[1], far.getsockname()[1])
        )

    def datagrams(self, count, port=9, first_source_port=None, payload=b"nfmon"):
        """Datagrams to a server that does not answer: `count` of one flow, or of as many flows with ports counted up.

        They are written by hand, as a socket for each flow would be too slow and too many.
        """
        # Somebody must hold the port: else the answers are ICMP errors.
        with self.server.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind((self.server.inet, port))
            with self.client.namespace:
                near = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            with near:
                for number in range(count):
                    source_port = 5000 if first_source_port is None else first_source_port + number
                    packet = datagram(self.client.inet, self.server.inet, source_port, port, payload)
                    near.sendto(packet, (self.server.inet, 0))

    def tunnel(self, call):
        """One packet of a PPTP tunnel (GRE version 1, RFC 2637) with this call number."""
        packet = struct.pack("!BBHHHI", 0x30, 0x01, 0x880B, 0, call, 0)
        with self.client.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_GRE) as near:
            near.sendto(packet, (self.server.inet, 0))


def datagram(source, destination, source_port, port, payload=b"nfmon"):
    """An IPv4 packet with a UDP datagram. The kernel fills in the header's checksum; UDP needs none."""
    udp = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0,
        socket.inet_aton(source), socket.inet_aton(destination),
    )
    return header + udp
