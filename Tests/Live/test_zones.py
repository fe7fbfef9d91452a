"""Zones: the same addresses and ports, twice at once."""

from case import LiveTest
from session import key_of, parse_events

TUPLE = ("-p", "udp", "--sport", "5000")


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
