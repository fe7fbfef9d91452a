"""ICMP errors: they are about a session, and no session of their own."""

import socket

import translation
from case import LiveTest
from nfmon import until_quiet
from session import Key
from translation import FAMILIES, PLACES

CLOSED, OPEN = 9, 53
SMALL, LARGE = b"x" * 100, b"x" * 1350
# Which packets of an error pass by: of one that is forwarded, and of the firewall's own. Chains of type nat see none.
FORWARDED, OWN = ("prerouting", "forward", "postrouting"), ("output", "postrouting")


class ICMPErrors(LiveTest):
    def udp(self, host, address, port):
        """A socket that lets nothing be cut to pieces on the way."""
        inet6 = ":" in address
        one = self.closing(host.socket(socket.AF_INET6 if inet6 else socket.AF_INET, socket.SOCK_DGRAM))
        level, option = (socket.IPPROTO_IPV6, 23) if inet6 else (socket.IPPROTO_IP, 10)  # IP_MTU_DISCOVER
        one.setsockopt(level, option, 3)  # IP_PMTUDISC_PROBE: also of what was learned to be too large
        one.bind((address, port))
        return one

    def exchange(self, near, far, port, size_back=SMALL):
        """A datagram and its answer. The sender's address as it is seen."""
        near.sendto(SMALL, (*far.getsockname()[:1], port))
        _, sender = far.recvfrom(2000)
        far.sendto(size_back, sender)
        return sender

    def test_errors_are_of_the_session_that_they_speak_of_at_every_hook_whatever_is_translated(self):
        lab = translation.add(self.make_lab())
        for role in "firewall", "server":
            lab.inside("sysctl", "-qw", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0", role=role)
        # Not the interfaces' own: the other end's could then not reach them.
        for network, interface in ("10.0.0.0/24", "lan0"), ("192.0.2.0/24", "wan0"):
            lab.inside("ip", "route", "replace", network, "dev", interface, "mtu", "lock", "1300")
            lab.inside("sysctl", "-qw", f"net.ipv6.conf.{interface}.mtu=1300")
        groups = translation.log(
            lab, "meta l4proto udp", "icmp type destination-unreachable",
            "icmpv6 type { destination-unreachable, packet-too-big }",
        )
        monitors = {place: self.closing(lab.events("--group", str(group))) for place, group in groups.items()}
        expected = {}  # by session, the hooks that its error passes
        for lan, wan, _, _ in FAMILIES:
            sink = self.udp(lab.server, wan + "9", OPEN)

            def key(number, port, lan=lan, wan=wan):
                return Key(socket.IPPROTO_UDP, (f"{lan}{number}", 5000), (wan + "9", port))

            for number in 101, 102, 103:  # of one port: the firewall must change two
                near = self.udp(lab.client, f"{lan}{number}", 5000)
                near.connect((wan + "9", CLOSED))
                near.send(SMALL)
                with self.assertRaises(ConnectionRefusedError):
                    near.recv(2000)
                expected[key(number, CLOSED)] = FORWARDED
            for number in 104, 105:  # too large on the way there
                near = self.udp(lab.client, f"{lan}{number}", 5000)
                self.exchange(near, sink, OPEN)
                near.recv(2000)
                near.sendto(LARGE, (wan + "9", OPEN))
                expected[key(number, OPEN)] = OWN
            for number in 106, 107:  # too large on the way back
                self.exchange(self.udp(lab.client, f"{lan}{number}", 5000), sink, OPEN, LARGE)
                expected[key(number, OPEN)] = OWN
        self.until(lambda: lab.conntrack().keys() == expected.keys(), "the kernel tracks these")
        until_quiet(monitors.values())
        lab.flush()
        for place, monitor in monitors.items():
            with self.subTest(place):
                self.until(lambda one=monitor: len(one.about("session-end")) >= len(expected), "they end")
                self.assert_ends_well(monitor)
                self.assertCountEqual(monitor.by_key("session-start"), expected)
                hook, _, kind = PLACES[place]
                told = {key: end["nfmon"].get("icmp_errors", 0) for key, [end] in monitor.by_key("session-end").items()}
                passed = {key: int(hook in hooks and kind != "nat") for key, hooks in expected.items()}
                wrong = {key: (told.get(key), count) for key, count in passed.items() if told.get(key) != count}
                self.assertEqual(wrong, {}, "errors that were told, and those that passed")
