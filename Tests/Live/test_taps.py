"""What a capture sees of sessions: at each interface, before and after translation, as conntrack counts the same packets."""

import json
import socket
import struct

from case import LiveTest
from nfmon import NFMON, until_quiet

SIZE = 4000  # bytes of a datagram: three fragments
BULK = 3_000_000


class Taps(LiveTest):
    def watch(self, *words, **options):
        lab = self.make_lab(**options)
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        # The lab lets nobody aggregate.
        for role, interface in ("client", "eth0"), ("server", "eth0"), ("firewall", "lan0"), ("firewall", "wan0"):
            lab.inside("ip", "link", "set", interface, "gso_max_segs", "65535", role=role)
        for role in "client", "server":
            lab.inside("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647", role=role)
        return lab, self.closing(lab.events("-i", "lan0", "-i", "wan0", "--no-nflog", *words))

    def traffic(self, lab):
        """A download, datagrams in fragments and pings, in either family."""
        for family in socket.AF_INET, socket.AF_INET6:
            target = lab.server.address(family)
            listener = self.closing(lab.server.socket(family, socket.SOCK_STREAM))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((target, 80))
            listener.listen()
            near = self.closing(lab.client.socket(family, socket.SOCK_STREAM))
            near.connect((target, 80))
            far, _ = listener.accept()
            far.settimeout(10)
            rest = memoryview(bytes(BULK))
            received = 0
            near.settimeout(10)
            far.setblocking(False)
            while received < BULK:
                try:
                    rest = rest[far.send(rest):] if rest else rest
                except BlockingIOError:
                    pass
                received += len(near.recv(1 << 20))
            far.close()
            near.close()
            sink = self.closing(lab.server.socket(family, socket.SOCK_DGRAM))
            sink.bind((target, 53))
            source = self.closing(lab.client.socket(family, socket.SOCK_DGRAM))
            for _ in range(5):
                source.sendto(bytes(SIZE), (target, 53))
                self.assertEqual(len(sink.recv(65536)), SIZE)
            self.ping(lab, family, target)

    def ping(self, lab, family, target):
        """Pings whose answers come, whole and in fragments."""
        protocol, kind = (socket.IPPROTO_ICMP, 8) if family == socket.AF_INET else (socket.IPPROTO_ICMPV6, 128)
        near = self.closing(lab.client.socket(family, socket.SOCK_DGRAM, protocol))
        near.settimeout(10)
        for number, size in enumerate((56, 3000, 3000), 1):
            near.sendto(struct.pack("!BBHHH", kind, 0, 0, 0, number) + bytes(size), (target, 0))
            self.assertEqual(len(near.recv(65536)), 8 + size)

    def ends(self, lab, monitor, count):
        """Each session's end, once all have ended."""
        until_quiet([monitor])
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) >= count, "all end")
        self.assert_ends_well(monitor)
        # Neighbour discovery is none of conntrack's.
        return [end for end in monitor.about("session-end") if "conntrack" in end["nfmon"]["lanes"]]

    def check(self, end):
        """Each tap has what conntrack counted, to the byte; on the wire nothing is lost or twice."""
        taps = end["nfmon"]["packet"]
        self.assertEqual([(tap["interface"], tap["direction"]) for tap in taps], [("lan0", "ingress"), ("wan0", "egress")])
        self.assertEqual(end["nfmon"]["lanes"], ["conntrack", "packet"])
        self.assertEqual(end["observer"], {"ingress": {"interface": {"name": "lan0"}}, "egress": {"interface": {"name": "wan0"}}})
        for tap in taps:
            self.assertTrue(tap["exact"], tap)
            for way, side in ("original", "source"), ("reply", "destination"):
                counted = end[side]
                if not counted["packets"]:
                    self.assertNotIn(way, tap)
                    continue
                whole = tap[way].get("whole", tap[way])
                self.assertEqual((whole["packets"], whole["bytes"]), (counted["packets"], counted["bytes"]), (way, tap))
                self.assertNotIn("unsplit", tap[way])
                self.assertGreaterEqual(tap[way]["wire"]["packets"], tap[way]["packets"])

    def test_each_tap_counts_what_conntrack_counts(self):
        lab, monitor = self.watch()
        self.traffic(lab)
        ends = self.ends(lab, monitor, 6)
        told = {(end["network"]["type"], end["network"]["transport"]) for end in ends}
        self.assertLessEqual(
            {("ipv4", "tcp"), ("ipv6", "tcp"), ("ipv4", "udp"), ("ipv6", "udp"), ("ipv4", "icmp"), ("ipv6", "ipv6-icmp")}, told)
        updates = {update["nfmon"]["session"] for update in monitor.about("session-update") if len(update["nfmon"].get("packet", ())) == 2}
        self.assertLessEqual({end["nfmon"]["session"] for end in ends}, updates, "where it leaves is told before its end")
        aggregates = fragments = 0
        for end in ends:
            with self.subTest(f"{end['network']['transport']} {end['source']['ip']}"):
                self.check(end)
            for tap in end["nfmon"]["packet"]:
                aggregates += sum(tap.get(way, {}).get("aggregates", 0) for way in ("original", "reply"))
                fragments += sum(tap.get(way, {}).get("fragments", 0) for way in ("original", "reply"))
        self.assertGreater(aggregates, 0, "the download is one of aggregates")
        self.assertGreaterEqual(fragments, 2 * 2 * 5 * 3, "three pieces of five datagrams, in and out, in either family")

    def test_a_capture_alone_tells_sessions_their_totals_and_their_end(self):
        lab = self.make_lab()
        # Where the machine is slow, the last segment is sent twice, to be sure.
        lab.inside("sysctl", "-qw", "net.ipv4.tcp_early_retrans=0", role="server")
        monitor = self.closing(lab.events("-i", "lan0", "--no-nflog", "--no-conntrack"))
        port, transferred = 8080, 100_000
        target = lab.server.address(socket.AF_INET)
        listener = self.closing(lab.server.socket(socket.AF_INET, socket.SOCK_STREAM))
        listener.bind((target, port))
        listener.listen()
        near = self.closing(lab.client.socket(socket.AF_INET, socket.SOCK_STREAM))
        near.connect((target, port))
        far, _ = listener.accept()
        far.sendall(bytes(transferred))
        far.close()
        while near.recv(1 << 16):
            pass
        near.close()
        self.until(lambda: monitor.about("session-end"), "the connection ends")
        self.assert_ends_well(monitor)
        [end] = [end for end in monitor.about("session-end") if end["destination"].get("port") == port]
        self.assertEqual(end["nfmon"]["end"], "closed")
        self.assertEqual(end["nfmon"]["lanes"], ["packet"])
        self.assertTrue(end["nfmon"]["exact"])
        [tap] = end["nfmon"]["packet"]
        self.assertEqual(tap["reply"]["bytes"] - tap["reply"]["header_bytes"], transferred)
        self.assertEqual(end["destination"]["bytes"], tap["reply"]["bytes"])

    def test_a_connection_that_closed_while_one_listened_is_in_the_answer(self):
        lab = self.make_lab()
        asked = self.program(
            [NFMON, "sessions", "--netns", lab.namespace, "-i", "lan0", "--no-conntrack", "--no-nflog", "--interval", "6s", "-o", "json"])
        # sk RefCnt Type Proto Iface R …: R is 1 once the socket is bound to its interface.
        sockets = lambda: lab.inside("cat", "/proc/net/packet").stdout.splitlines()[1:]
        self.until(lambda: any(line.split()[5] == "1" for line in sockets()), "it listens")
        near, far, key = lab.connect(port=8081)
        near.sendall(b"hello")
        self.assertEqual(far.recv(16), b"hello")
        for end in near, far:
            end.close()
        self.assertEqual(asked.wait(30), 0, asked.talk)
        answer = json.loads(asked.output)
        [session] = [session for session in answer["sessions"] if session["destination"].get("port") == 8081]
        self.assertTrue(session["nfmon"]["exact"])
        self.assertGreaterEqual(session["source"]["packets"], 4)
