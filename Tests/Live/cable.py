"""Two network namespaces with a cable between them, and frames put onto it as they are."""

import itertools
import socket
import struct

import cleanup
import traffic  # iptables/traffic.py, which lab.py has made importable
from lab import PREFIX
from processes import run

_numbers = itertools.count(1)


class Cable:
    """near0 in one namespace, far0 in the other; up from the start to `close()`."""

    def __init__(self, ipv6=False):
        prefix = f"{PREFIX}-cable-{next(_numbers)}"
        self.near, self.far = (traffic.Namespace(f"{prefix}-{end}") for end in ("near", "far"))
        cleanup.register(self)
        for end in self.near, self.far:
            run("ip", "netns", "add", end.name)
            # Without it the kernel talks on its own: neighbour discovery, listener reports.
            if not ipv6:
                self.inside(end, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        self.plug()

    def plug(self):
        """Puts the cable in: both interfaces are new."""
        run("ip", "-n", self.near.name, "link", "add", "near0", "type", "veth", "peer", "name", "far0", "netns", self.far.name)
        for end, name, address in (self.near, "near0", "192.0.2.1/24"), (self.far, "far0", "192.0.2.2/24"):
            run("ip", "-n", end.name, "address", "add", address, "dev", name)
            run("ip", "-n", end.name, "link", "set", name, "up")
            run("ip", "-n", end.name, "link", "set", "lo", "up")
            self.inside(end, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0")

    def unplug(self):
        run("ip", "-n", self.near.name, "link", "delete", "near0")

    def close(self):
        cleanup.forget(self)
        for end in self.near, self.far:
            run("ip", "netns", "delete", end.name, check=False)

    def inside(self, end, *words, **more):
        return run("ip", "netns", "exec", end.name, *words, **more)

    def send(self, frames, interface="near0"):
        """Puts frames onto the cable, as they are, from the near end."""
        with self.near:
            near = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        with near:
            near.bind((interface, 0))
            for frame in frames:
                near.send(frame)

    def knock(self, end, address):
        """A datagram from one end to a port at which nobody is: the answer is an ICMP error, and has come when this returns."""
        with end:
            here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with here:
            here.settimeout(5)
            here.connect((address, 9))
            here.send(b"nfmon")
            try:
                here.recv(1)
            except ConnectionRefusedError:
                return
        raise AssertionError(f"nobody refused a datagram to {address}")

    def received(self):
        """How many packets have come to the far end."""
        return int(self.inside(self.far, "cat", "/sys/class/net/far0/statistics/rx_packets").stdout)


def ethernet(payload, kind=0x0800, tags=(), destination="02:00:00:00:00:02", source="02:00:00:00:00:01"):
    addresses = bytes.fromhex((destination + source).replace(":", ""))
    return addresses + b"".join(struct.pack("!HH", 0x8100, tag) for tag in tags) + struct.pack("!H", kind) + payload


def ipv4(protocol, payload, source="10.0.0.7", destination="198.51.100.9", fragment=0, ttl=64, tos=0, options=b""):
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45 + len(options) // 4, tos, 20 + len(options) + len(payload), 7, fragment, ttl, protocol, 0,
        socket.inet_aton(source), socket.inet_aton(destination))
    return header + options + payload


def ipv6(next_header, payload, source="2001:db8::7", destination="2001:db8:1::53"):
    return struct.pack(
        "!IHBB16s16s", 6 << 28, len(payload), next_header, 64, socket.inet_pton(socket.AF_INET6, source),
        socket.inet_pton(socket.AF_INET6, destination)) + payload


def udp(source, destination, payload=b"nfmon"):
    return struct.pack("!HHHH", source, destination, 8 + len(payload), 0) + payload


def tcp(source, destination, flags, payload=b""):
    return struct.pack("!HHIIBBHHH", source, destination, 1, 1, 0x50, flags, 1000, 0, 0) + payload


def icmp(kind, code, rest=bytes(4)):
    return struct.pack("!BBH", kind, code, 0) + rest


def records(path):
    """(time in nanoseconds, link type, frame, original length) of each record of a classic pcap file with nanoseconds."""
    with open(path, "rb") as file:
        data = file.read()
    magic, _, _, _, _, _, link = struct.unpack_from("=IHHIIII", data)
    assert magic == 0xA1B23C4D, hex(magic)
    place, found = 24, []
    while place < len(data):
        seconds, fraction, size, length = struct.unpack_from("=IIII", data, place)
        found.append((seconds * 1_000_000_000 + fraction, link, data[place + 16 : place + 16 + size], length))
        place += 16 + size
    return found
