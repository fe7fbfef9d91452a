#!/usr/bin/env python3
"""Drives traffic whose every connection, packet and byte is known beforehand, through a lab or over loopback.

One process opens the sockets of both ends, in the lab's network namespaces: nothing to wait for, nothing left behind.
Prints one JSON object a line for each flow; then, with --hold, a line a round while all held connections are busy.

A flow's fields:
  kind            tcp, udp, icmp, refused (answered by RST), or denied (the firewall drops it)
  family          4 or 6
  source, sport, destination, dport
                  as the initiator's side has them, before any translation; ports absent for icmp
  iif, oif        the firewall's interfaces, absent where the firewall itself or loopback is the end
  nat_source, nat_sport / nat_destination, nat_dport
                  after translation, if there is one (the port that SNAT chose is the kernel's affair)
  up, down        payload bytes from the initiator and to it
  packets_up, packets_down, bytes_up, bytes_down
                  packets and IP bytes, as conntrack counts them; absent for tcp, where the number of ACKs varies
  rule            the denying rule, for denied: the prefix without "drop:"
"""

import argparse
import collections
import contextlib
import ctypes
import dataclasses
import itertools
import json
import os
import signal
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
TIMEOUT = 5.0  # seconds that any single answer may take
CHUNK = 16384  # bytes on their way at a time: less than any socket buffer, so that one thread can serve both ends
MAXIMUM = 1000  # of every count of connections; bytes are bounded by MAXIMUM_BYTES
MAXIMUM_BYTES = 1 << 26
HELD = 8  # connections that --hold keeps busy at most
HOLD_INTERVAL = 0.1  # seconds between two rounds of --hold
HOLD_LIFE = 3  # rounds between two new connections
HOLD_UP, HOLD_DOWN = 1000, 8000  # bytes a round and connection, times 1, 2, 3... so that there is an order to sort by

INET, INET6 = socket.AF_INET, socket.AF_INET6
HEADERS = {INET: 20, INET6: 40}


class Namespace:
    """A network namespace to open sockets in: `with namespace: socket.socket(...)`. None is the caller's own."""

    def __init__(self, name=None):
        self.name = name
        self._own = None

    def __enter__(self):
        if self.name:
            self._own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            with open(f"/run/netns/{self.name}", "rb") as target:
                self._set(target.fileno())

    def __exit__(self, *_):
        if self.name:
            self._set(self._own)
            os.close(self._own)

    @staticmethod
    def _set(descriptor):  # os.setns came with Python 3.12
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns: " + os.strerror(ctypes.get_errno()))


@dataclasses.dataclass(frozen=True)
class Host:
    """Where one end's sockets are opened, and its address in either family."""

    namespace: Namespace
    inet: str
    inet6: str

    def address(self, family):
        return self.inet if family == INET else self.inet6

    def socket(self, family, kind, protocol=0):
        with self.namespace:
            opened = socket.socket(family, kind, protocol)
        opened.settimeout(TIMEOUT)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return opened


@dataclasses.dataclass(frozen=True)
class Route:
    """From whom to whom, through which interfaces of the firewall, and what it makes of the addresses."""

    source: Host
    destination: Host
    iif: str = None
    oif: str = None
    snat: str = None  # IPv4 only
    dnat: tuple = None  # (address, port) to connect to instead of the destination's own; IPv4 only

    def flow(self, kind, family, sport, dport, **more):
        flow = {"kind": kind, "family": 4 if family == INET else 6}
        flow["source"] = self.source.address(family)
        flow["destination"] = self.destination.address(family)
        ports = {"sport": sport, "dport": dport}
        if self.dnat:
            flow["nat_destination"], flow["nat_dport"] = flow["destination"], dport
            flow["destination"], ports["dport"] = self.dnat
        if self.snat and family == INET and kind != "denied":
            flow["nat_source"] = self.snat
        flow.update(ports, iif=self.iif, oif=self.oif)
        flow.update(more)
        return {key: value for key, value in flow.items() if value is not None}


def exactly(connection, count):
    """Reads and throws away so many bytes."""
    while count:
        got = len(connection.recv(min(count, CHUNK)))
        if got == 0:
            raise ConnectionError(f"the connection ended {count} bytes early")
        count -= got


def carry(sender, receiver, count):
    """Moves so many bytes from one end to the other."""
    while count:
        chunk = min(count, CHUNK)
        sender.sendall(bytes(chunk))
        exactly(receiver, chunk)
        count -= chunk


def connect(route, family, port):
    """A TCP connection: the initiator's socket, and the other end's. Port 0 leaves the choice to the kernel."""
    with route.destination.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind((route.destination.address(family), port))
        listener.listen(1)
        near = route.source.socket(family, socket.SOCK_STREAM)
        try:
            near.connect(route.dnat or listener.getsockname()[:2])
            far, _ = listener.accept()
        except BaseException:
            near.close()
            raise
        far.settimeout(TIMEOUT)
        return near, far


def tcp(route, family, port, up, down):
    near, far = connect(route, family, port)
    with near, far:
        carry(near, far, up)
        carry(far, near, down)
        flow = route.flow("tcp", family, near.getsockname()[1], far.getsockname()[1], up=up, down=down)
        near.shutdown(socket.SHUT_WR)
        far.recv(1)
        far.shutdown(socket.SHUT_WR)
        near.recv(1)
    return flow


def counted(flow, family, header, packets, size, answered=True):
    """Adds what conntrack counts for packets of a known size."""
    flow.update(packets_up=packets, bytes_up=packets * (HEADERS[family] + header + size))
    if answered:
        flow.update(packets_down=packets, bytes_down=flow["bytes_up"])
    return flow


def udp(route, family, port, datagrams, size):
    with (
        route.destination.socket(family, socket.SOCK_DGRAM) as far,
        route.source.socket(family, socket.SOCK_DGRAM) as near,
    ):
        far.bind((route.destination.address(family), port))
        near.connect(far.getsockname()[:2])
        for _ in range(datagrams):
            near.send(bytes(size))
            data, sender = far.recvfrom(65536)
            far.sendto(data, sender)
            near.recv(65536)
        flow = route.flow(
            "udp", family, near.getsockname()[1], far.getsockname()[1], up=datagrams * size, down=datagrams * size
        )
    return counted(flow, family, 8, datagrams, size)


def checksum(data):
    """RFC 1071. Even lengths only."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def icmp(route, family, identifier, echoes, size=56):
    request, reply = (8, 0) if family == INET else (128, 129)
    protocol = socket.IPPROTO_ICMP if family == INET else socket.IPPROTO_ICMPV6
    with route.source.socket(family, socket.SOCK_RAW, protocol) as near:
        near.connect((route.destination.address(family), 0))
        for sequence in range(echoes):
            packet = struct.pack("!BBHHH", request, 0, 0, identifier, sequence) + bytes(size)
            if family == INET:  # the kernel fills in ICMPv6's
                packet = packet[:2] + struct.pack("!H", checksum(packet)) + packet[4:]
            near.send(packet)
            deadline = time.monotonic() + TIMEOUT
            while True:
                answer = near.recv(65536)
                answer = answer[(answer[0] & 15) * 4 :] if family == INET else answer
                kind, _, _, who, which = struct.unpack("!BBHHH", answer[:8])
                if (kind, who, which) == (reply, identifier, sequence):
                    break
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no answer to ping {sequence} of {route.destination.address(family)}")
        flow = route.flow("icmp", family, None, None, up=echoes * size, down=echoes * size)
    return counted(flow, family, 8, echoes, size)


def refused(route, family):
    """A connection to a port where nobody listens: one SYN, one RST."""
    with (
        route.destination.socket(family, socket.SOCK_STREAM) as closed,
        route.source.socket(family, socket.SOCK_STREAM) as near,
    ):
        closed.bind((route.destination.address(family), 0))  # bound but deaf: the port is ours and answers with RST
        port = closed.getsockname()[1]
        near.bind((route.source.address(family), 0))
        sport = near.getsockname()[1]
        with contextlib.suppress(ConnectionRefusedError):
            near.connect((route.destination.address(family), port))
            raise AssertionError("a connection to a closed port succeeded")
    return route.flow("refused", family, sport, port, up=0, down=0)


def denied(route, family, port, rule):
    """One SYN that the firewall drops; the socket is closed before the kernel would send a second."""
    with route.source.socket(family, socket.SOCK_STREAM) as near:
        near.setblocking(False)
        near.connect_ex((route.destination.address(family), port))
        sport = near.getsockname()[1]
    return route.flow("denied", family, sport, port, packets_up=1, up=0, down=0, rule=rule)


def hold(routes, seconds):
    """Keeps HELD connections busy at different rates, until the time or the process ends.

    Every HOLD_LIFE rounds a new one takes the oldest one's place, so that whoever begins to look sees some begin too.
    """
    ends = collections.deque()
    deadline = time.monotonic() + seconds
    try:
        for turn in itertools.count():
            if time.monotonic() >= deadline:
                return
            if turn % HOLD_LIFE == 0:
                ends.append(connect(*routes[turn // HOLD_LIFE % len(routes)]))
                if len(ends) > HELD:
                    for end in ends.popleft():
                        end.close()
            for weight, (near, far) in enumerate(ends, 1):
                carry(near, far, weight * HOLD_UP)
                carry(far, near, weight * HOLD_DOWN)
            if len(ends) == HELD:
                print(json.dumps({"held": HELD}), flush=True)
            time.sleep(HOLD_INTERVAL)
    finally:
        for pair in ends:
            for end in pair:
                end.close()


def lab_flows(arguments):
    """Through the lab that `lab up PREFIX` made."""
    client, firewall, server = (
        Host(Namespace(f"{arguments.prefix}-{role}"), *addresses)
        for role, addresses in (
            ("client", ("10.0.0.7", "fd00:10::7")),
            ("firewall", ("192.0.2.1", "2001:db8:2::1")),
            ("server", ("192.0.2.9", "2001:db8:2::9")),
        )
    )
    out = Route(client, server, "lan0", "wan0", snat="192.0.2.1")
    inward = Route(server, client, "wan0", "lan0", dnat=("192.0.2.1", 8080))
    routed_in = Route(server, client, "wan0", "lan0")
    to_firewall = Route(server, firewall, "wan0")

    yield from exchanges(arguments, out, tcp_port=443, udp_port=53)
    for _ in range(arguments.dnat):
        yield tcp(inward, INET, 80, arguments.up, arguments.down)
    for _ in range(arguments.denied):
        for family in INET, INET6:
            yield denied(out, family, 22, "ssh-bruteforce")
            yield denied(to_firewall, family, 22, "ssh-bruteforce")
            yield denied(to_firewall, family, 23, "policy-input")
        yield denied(routed_in, INET6, 23, "policy-forward")  # from outside no IPv4 address leads to the client
    if arguments.hold:
        hold([(out, INET, 443), (out, INET6, 443), (inward, INET, 80)], arguments.hold)


def host_flows(arguments):
    """Over this host's loopback."""
    here = Host(Namespace(), "127.0.0.1", "::1")
    route = Route(here, here)
    yield from exchanges(arguments, route, tcp_port=0, udp_port=0)
    if arguments.hold:
        hold([(route, INET, 0), (route, INET6, 0)], arguments.hold)


def exchanges(arguments, route, tcp_port, udp_port):
    identifier = os.getpid() & 0x7FFF
    families = (INET, INET6) if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6") else (INET,)
    for family in families:
        for _ in range(arguments.tcp):
            yield tcp(route, family, tcp_port, arguments.up, arguments.down)
        for _ in range(arguments.udp):
            yield udp(route, family, udp_port, arguments.datagrams, arguments.size)
        for number in range(arguments.ping):
            yield icmp(route, family, (identifier + number) & 0xFFFF, arguments.echoes)
        for _ in range(arguments.refused):
            yield refused(route, family)


def bounded(maximum):
    def number(text):
        value = int(text)
        if not 0 <= value <= maximum:
            raise argparse.ArgumentTypeError(f"{text} is not from 0 to {maximum}")
        return value

    return number


def parse(words):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--lab", dest="prefix", metavar="PREFIX", help='the lab that "lab up PREFIX" made')
    where.add_argument("--host", action="store_true", help="this host's loopback; nothing is denied there")
    for name, default, maximum, meaning in (
        ("tcp", 4, MAXIMUM, "TCP connections in either family"),
        ("dnat", 2, MAXIMUM, "TCP connections from the server to 192.0.2.1:8080 (lab)"),
        ("up", 4096, MAXIMUM_BYTES, "payload bytes of each to its acceptor"),
        ("down", 65536, MAXIMUM_BYTES, "payload bytes of each to its initiator"),
        ("udp", 2, MAXIMUM, "UDP flows in either family"),
        ("datagrams", 3, MAXIMUM, "datagrams of each flow, every one answered"),
        ("size", 200, 1200, "payload bytes of each datagram and of its answer"),
        ("ping", 1, MAXIMUM, "ICMP echo flows in either family"),
        ("echoes", 3, MAXIMUM, "echo requests of each, every one answered"),
        ("refused", 1, MAXIMUM, "TCP connections in either family to a closed port"),
        ("denied", 2, MAXIMUM, "rounds of 7 denied SYNs: 4 ssh-bruteforce, 2 policy-input, 1 policy-forward (lab)"),
        ("hold", 0, 600, f"then keep {HELD} TCP connections busy for so many seconds"),
    ):
        parser.add_argument(
            f"--{name}", type=bounded(maximum), default=default, metavar="N", help=f"{meaning} (default {default})"
        )
    return parser.parse_args(words)


def main():
    arguments = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # how a hold is ended early
    try:
        for flow in lab_flows(arguments) if arguments.prefix else host_flows(arguments):
            print(json.dumps(flow), flush=True)
    except FileNotFoundError as error:
        sys.exit(f"traffic.py: no lab {arguments.prefix}: make it with: lab up {arguments.prefix} ({error.filename})")
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, AssertionError) as error:
        sys.exit(f"traffic.py: {error}")


if __name__ == "__main__":
    main()
