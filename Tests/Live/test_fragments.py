"""Fragments: the first carries the ports, the others are counted to it, where rules see them at all."""

import socket

from case import LiveTest
from nfmon import until_quiet
from session import Key

SIZE = 4000  # bytes of a datagram: three fragments
# (packets, bytes) of a datagram in either family. Put together, it is one packet; in pieces each has a header of its own.
WHOLE = {4: (1, 20 + 8 + SIZE), 6: (1, 40 + 8 + SIZE)}
PIECES = {4: (3, 3 * 20 + 8 + SIZE), 6: (3, 3 * (40 + 8) + 8 + SIZE)}
BEFORE_DEFRAGMENTATION, RAW = -450, -300


class Fragments(LiveTest):
    def monitor(self, lab, group, priority, *words):
        lab.inside("nft", f"""
            table inet fragments{group} {{
                chain c {{
                    type filter hook prerouting priority {priority}; policy accept;
                    iifname "lan0" ip protocol udp log group {group} snaplen 128
                    iifname "lan0" ip6 nexthdr {{ udp, ipv6-frag }} log group {group} snaplen 128
                }}
            }}""")
        return self.closing(lab.events("--group", str(group), *words))

    def send(self, lab):
        """Datagrams of several flows of either family. How many there are of each, by key."""
        sent = {}
        for family in socket.AF_INET, socket.AF_INET6:
            target = (lab.server.address(family), 53)
            sink = self.closing(lab.server.socket(family, socket.SOCK_DGRAM))
            sink.bind(target)
            for number in range(1, 6):
                source = (lab.client.address(family), 5000 + number)
                near = self.closing(lab.client.socket(family, socket.SOCK_DGRAM))
                near.bind(source)
                for _ in range(number):
                    near.sendto(bytes(SIZE), target)
                    self.assertEqual(len(sink.recv(65536)), SIZE)
                sent[Key(socket.IPPROTO_UDP, source, target)] = number
        return sent

    def test_pieces_are_of_their_session_before_and_after_they_are_put_together(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        monitors = [
            (self.monitor(lab, 201, BEFORE_DEFRAGMENTATION), PIECES), (self.monitor(lab, 202, RAW), WHOLE),
        ]
        sent = self.send(lab)
        self.assertEqual(set(lab.conntrack()), set(sent))
        until_quiet([monitor for monitor, _ in monitors])
        lab.flush()
        for monitor, sizes in monitors:
            self.until(lambda one=monitor: len(one.about("session-end")) >= len(sent), "all end")
            self.assert_ends_well(monitor)
            self.assertCountEqual(monitor.by_key("session-start"), sent)
            told = {key: end["nfmon"]["nflog"] for key, [end] in monitor.by_key("session-end").items()}
            for key, count in sent.items():
                packets, size = sizes[6 if ":" in key.source[0] else 4]
                self.assertEqual((told[key]["packets"], told[key]["bytes"]), (count * packets, count * size), key)

    def test_pieces_are_of_their_session_where_nothing_is_tracked(self):
        lab = self.make_lab()
        monitor = self.monitor(lab, 201, BEFORE_DEFRAGMENTATION, "--no-conntrack")
        sent = self.send(lab)
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        self.assertCountEqual(monitor.by_key("session-start"), sent)
