"""Zones: the same addresses and ports, twice at once."""

import collections
import re
import socket

import translation
from case import LiveTest
from nfmon import until_quiet
from session import key_of, parse_events

TUPLE = ("-p", "udp", "--sport", "5000")
# Where packets of the two zones, (there, back), show tuples of their own: once the answers' port is in them.
TOLD_APART = {
    "raw PREROUTING": (False, True),
    "mangle PREROUTING": (False, True),
    "nat PREROUTING": (False, False),
    "PREROUTING after DNAT": (False, False),
    "mangle FORWARD": (False, False),
    "filter FORWARD": (False, False),
    "mangle POSTROUTING": (False, False),
    "nat POSTROUTING": (False, False),
    "POSTROUTING after SNAT": (True, False),
}


class Zones(LiveTest):
    def table(self, lab):
        return parse_events(lab.sessions("-o", "ndjson", "--no-nflog").stdout.splitlines())

    def test_one_tuple_in_two_zones_is_two_sessions_with_counts_of_their_own(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        monitor = self.closing(lab.events())
        for zone, count in (7, 3), (9, 5):
            rule = ("PREROUTING", *TUPLE, "-j", "CT", "--zone", str(zone))
            lab.inside("iptables", "-t", "raw", "-A", *rule)
            lab.datagrams(count)
            lab.inside("iptables", "-t", "raw", "-D", *rule)
        table = {key.zone: entry for key, entry in lab.conntrack().items()}
        self.assertEqual({zone: entry.up[0] for zone, entry in table.items()}, {7: 3, 9: 5})
        shown = self.table(lab)
        self.assertEqual(
            {row["nfmon"]["zone"]: row["source"]["packets"] for row in shown}, {7: 3, 9: 5}
        )
        # One of them ends: the other must not.
        lab.delete("--zone", "7", "-p", "udp")
        self.until(lambda: monitor.about("session-end"), "the session in zone 7 ends")
        [left] = self.table(lab)
        self.assertEqual(left["nfmon"]["zone"], 9)
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) == 2, "the other one ends")
        self.assert_ends_well(monitor)
        starts, ends = monitor.about("session-start"), monitor.about("session-end")
        self.assertEqual([key_of(event).zone for event in starts], [7, 9])
        self.assertEqual([(key_of(event).zone, event["source"]["packets"]) for event in ends], [(7, 3), (9, 5)])
        self.assertEqual(len({event["nfmon"]["session"] for event in starts}), 2)
        self.assertEqual(
            [event["nfmon"]["session"] for event in starts], [event["nfmon"]["session"] for event in ends]
        )

    def test_a_logged_packet_that_may_be_of_either_zone_is_counted_as_such_and_to_neither(self):
        lab = self.make_lab()
        for zone in 7, 9:
            rule = ("PREROUTING", *TUPLE, "-j", "CT", "--zone", str(zone))
            lab.inside("iptables", "-t", "raw", "-A", *rule)
            lab.datagrams(1)
            lab.inside("iptables", "-t", "raw", "-D", *rule)
        monitor = self.closing(lab.events())
        self.until(lambda: len(monitor.about("session-start")) == 2, "both are listed")
        lab.log("which", *TUPLE)
        lab.inside("iptables", "-t", "raw", "-A", "PREROUTING", *TUPLE, "-j", "CT", "--zone", "7")
        lab.datagrams(2)
        monitor.until_quiet()
        self.assertEqual(monitor.stop(), 0)
        if any("nflog" in event["nfmon"]["lanes"] for event in monitor.about("session-update")):
            self.skipTest("this kernel attaches the conntrack entry to logged packets: nothing is ambiguous")
        self.assertIn("2 packets that several sessions may own not counted", monitor.summary)
        self.assertEqual(len(monitor.about("session-start")), 2, "and no session is made of it")

    def test_packets_of_one_tuple_in_two_zones_find_the_right_session_or_are_counted_as_undecided(self):
        """Two networks of the same addresses behind one firewall; their answers share a zone, in which the kernel keeps them
        apart by port."""
        lab = translation.add(self.make_lab())
        self.add_second_network(lab)
        monitors = {
            place: self.closing(lab.events("--group", str(group)))
            for place, group in translation.log(lab, "meta l4proto udp").items() if place in TOLD_APART
        }
        far = self.closing(lab.server.socket(socket.AF_INET, socket.SOCK_DGRAM))
        far.bind((lab.server.inet, 53))
        near = {zone: self.bound(lab, interface) for zone, interface in ((7, b"eth0"), (9, b"eth1"))}
        passed = collections.Counter()  # packets of each zone while it was alone, and not
        for zone, count in (7, 3), (9, 5), (7, 2):
            for number in range(count):
                near[zone].sendto(bytes(100 * zone + number), far.getsockname())
                data, sender = far.recvfrom(2000)
                far.sendto(data, sender)
                self.assertEqual(len(near[zone].recv(2000)), len(data))
            passed[zone, (zone, count) == (7, 3)] += count
            until_quiet(monitors.values())
        table = {key.zone: entry for key, entry in lab.conntrack().items()}
        self.assertEqual({zone: entry.up[0] for zone, entry in table.items()}, {7: 5, 9: 5})
        self.assertNotEqual(*(entry.nat_source[1] for entry in table.values()))
        lab.flush()
        for place, monitor in monitors.items():
            with self.subTest(place):
                self.until(lambda one=monitor: len(one.about("session-end")) == 2, "both end")
                self.assertEqual(monitor.stop(), 0)
                self.assertEqual(len(monitor.about("session-start")), 2, "and nothing else")
                told = {
                    key_of(end).zone: end["nfmon"].get("nflog", {}).get("packets", 0) for end in monitor.about("session-end")
                }
                if translation.PLACES[place][2] == "nat":
                    expected, undecided = {7: 1, 9: 0}, 1
                else:
                    expected = {
                        zone: 2 * passed[zone, True] + sum(TOLD_APART[place]) * passed[zone, False] for zone in (7, 9)
                    }
                    undecided = sum(2 * count for count in passed.values()) - sum(expected.values())
                self.assertEqual(told, expected)
                found = re.search(r"(\d+) packets? that several sessions may own", monitor.summary)
                self.assertEqual(int(found[1]) if found else 0, undecided, monitor.summary)

    def add_second_network(self, lab):
        """A second cable between client and firewall, with the addresses of the first."""
        lab.inside("ip", "link", "add", "lan1", "type", "veth", "peer", "name", "eth1", "netns", f"{lab.prefix}-client")
        for role, words in (
            ("client", "ip address add 10.0.0.7/24 dev eth1 noprefixroute"),
            ("client", "ip link set eth1 up"),
            ("client", "ip route add default via 10.0.0.1 dev eth1 metric 200 onlink"),
            ("firewall", "ip address add 10.0.0.1/24 dev lan1 noprefixroute"),
            ("firewall", "ip link set lan1 up"),
            ("firewall", "iptables -I FORWARD -i lan1 -o wan0 -j ACCEPT"),
            ("firewall", "iptables -t raw -A PREROUTING -i lan0 -j CT --zone-orig 7"),
            ("firewall", "iptables -t raw -A PREROUTING -i lan1 -j CT --zone-orig 9"),
            # The way back.
            ("firewall", "iptables -t mangle -A PREROUTING -i lan1 -j CONNMARK --set-mark 1"),
            ("firewall", "iptables -t mangle -A PREROUTING -i wan0 -j CONNMARK --restore-mark"),
            ("firewall", "ip rule add fwmark 1 table 101"),
            ("firewall", "ip route add 10.0.0.0/24 dev lan1 table 101"),
        ):
            lab.inside(*words.split(), role=role)

    def bound(self, lab, interface):
        one = self.closing(lab.client.socket(socket.AF_INET, socket.SOCK_DGRAM))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface)
        one.bind((lab.client.inet, 5000))
        return one
