"""The join: each packet that a rule logs is of the session that conntrack tells of, wherever the rule is and whatever NAT does."""

import itertools
import re

import session
import translation
from case import LiveTest
from crowd import Crowd
from nfmon import until_quiet
from session import interfaces
from translation import FAMILIES, PLACES

# Which of a connection's directions pass a hook: (up, down).
BOTH, UP, DOWN, NONE = (True, True), (True, False), (False, True), (False, False)
PASSED = {
    "forwarded": {"prerouting": BOTH, "forward": BOTH, "postrouting": BOTH, "input": NONE, "output": NONE},
    "to the firewall": {"prerouting": UP, "input": UP, "output": DOWN, "postrouting": DOWN, "forward": NONE},
    "from the firewall": {"prerouting": DOWN, "input": DOWN, "output": UP, "postrouting": UP, "forward": NONE},
}
# The kinds of connections: how they pass, from which interface to which, and whether source and destination are translated.
KINDS = {
    "out": ("forwarded", ("lan0", "wan0"), (True, False)),
    "in": ("forwarded", ("wan0", "lan0"), (False, True)),
    "hairpin": ("forwarded", ("lan0", "lan0"), (True, True)),
    "to": ("to the firewall", ("lan0", None), (False, True)),
    "from": ("from the firewall", (None, "wan0"), (False, False)),
    "from translated": ("from the firewall", (None, "wan0"), (False, True)),
    "from beside": ("from the firewall", (None, "wan0"), (True, False)),
}
SYN = {4: 60, 6: 80}  # bytes


def family(address):
    return 6 if ":" in address else 4


class Join(LiveTest):
    def monitors(self, lab):
        """A rule at each place, with a group and a nfmon of its own."""
        return {
            place: self.closing(lab.events("--group", str(group)))
            for place, group in translation.log(lab, "meta l4proto tcp").items()
        }

    # ---- Connections ------------------------------------------------------------------------------------------------

    def crowd(self, lab):
        """Acceptors for every kind of connection in either family."""
        crowd = self.closing(Crowd())
        for lan, wan, _, _ in FAMILIES:
            for host, address, ports in (
                (lab.server, wan + "9", (443, 445, 446)), (lab.client, lan + "7", (80, 81)), (lab.firewall, lan + "1", (8444,)),
            ):
                for port in ports:
                    crowd.listen(host.namespace, address, port)
        return crowd

    def live(self, lab, crowd, monitors):
        """Lets all connections begin, carry their bytes and end. What conntrack(8) told of them, by key."""
        crowd.talk()
        crowd.hang_up()
        self.until(
            lambda: all(entry.state == "TIME_WAIT" for entry in lab.conntrack().values()), "the kernel saw all ends"
        )
        table = lab.conntrack()
        until_quiet(monitors.values())
        lab.flush()
        for place, monitor in monitors.items():
            self.until(lambda one=monitor: len(one.about("session-end")) >= len(table), f"all end at {place}")
        # The kernel tracks these connections and no other, translates what it should, and no two count the same.
        self.assertEqual(set(table), {connection.key for connection in crowd.connections})
        for connection in crowd.connections:
            entry = table[connection.key]
            translated = entry.nat_source is not None, entry.nat_destination is not None
            self.assertEqual(translated, KINDS[connection.kind][2], entry)
        self.assertEqual(len({(entry.up, entry.down) for entry in table.values()}), len(table))
        return table

    def test_every_packet_finds_its_session_at_every_hook_whatever_is_translated(self):
        lab = translation.add(self.make_lab())
        monitors = self.monitors(lab)
        crowd = self.crowd(lab)
        client, firewall, server = (host.namespace for host in (lab.client, lab.firewall, lab.server))
        # The same ports again and again: behind one address the kernel must choose others.
        ports = range(40_001, 40_021)
        for lan, wan, elsewhere, _ in FAMILIES:
            for port, number in itertools.product(ports, range(101, 126)):
                crowd.add("out", client, (f"{lan}{number}", port), (wan + "9", 443))
            for port, number in itertools.product(ports[:4], range(101, 111)):
                crowd.add("hairpin", client, (f"{lan}{number}", port), (wan + "1", 8081))
                crowd.add("in", server, (f"{wan}{number}", port), (wan + "1", 8080))
                crowd.add("to", client, (f"{lan}{number}", port), (lan + "1", 8443))
            for port in ports:
                crowd.add("from", firewall, (wan + "1", port), (wan + "9", 446))
                crowd.add("from translated", firewall, (wan + "1", port), (elsewhere, 443))
        table = self.live(lab, crowd, monitors)
        moved = [entry for key, entry in table.items() if entry.nat_source and entry.nat_source[1] != key.source[1]]
        self.assertGreater(len(moved), 900, "the ports did not collide")
        for place, monitor in monitors.items():
            with self.subTest(place):
                self.assert_ends_well(monitor)
                ends = self.assert_one_session_each(monitor, table)
                wrong = []
                for connection in crowd.connections:
                    expected = self.logged(place, connection, table)
                    told = ends[connection.key]
                    if (counted(told), interfaces(told)) != (sum_of(expected), self.ways(place, connection, expected)):
                        wrong.append((connection.kind, connection.key, expected, counted(told), interfaces(told)))
                self.assertEqual(wrong[:3], [], f"{len(wrong)} are wrong")

    def test_a_tuple_that_two_sessions_show_is_decided_by_the_hook_or_counted_as_undecided(self):
        """The firewall connects from the address and the port by which it shows another connection."""
        lab = translation.add(self.make_lab())
        monitors = self.monitors(lab)
        crowd = self.crowd(lab)
        for lan, wan, _, _ in FAMILIES:
            for port in range(40_001, 40_005):
                for number in range(101, 104):
                    crowd.add("out", lab.client.namespace, (f"{lan}{number}", port), (wan + "9", 443))
        # In this order, so that it is the firewall's own port that the kernel changes.
        crowd.connect()
        for _, wan, _, _ in FAMILIES:
            for port in range(40_001, 40_005):
                crowd.add("from beside", lab.firewall.namespace, (wan + "1", port), (wan + "9", 443))
        table = self.live(lab, crowd, monitors)
        for place, monitor in monitors.items():
            with self.subTest(place):
                self.assertEqual(monitor.stop(), 0)
                ends = self.assert_one_session_each(monitor, table)
                left = 0
                for connection in crowd.connections:
                    expected, told = self.logged(place, connection, table), counted(ends[connection.key])
                    # Of each direction all packets or none.
                    possible = [sum_of(some) for size in range(len(expected) + 1)
                                for some in itertools.combinations(expected, size)]
                    self.assertIn(told, possible, connection.key)
                    left += (sum_of(expected) or (0, 0))[0] - (told or (0, 0))[0]
                found = re.search(r"([\d,]+) packets that several sessions may own", monitor.summary)
                self.assertEqual(left, int(found[1].replace(",", "")) if found else 0, monitor.summary)
                if PLACES[place][0] in ("input", "forward", "output"):
                    self.assertEqual(left, 0, "there the kernel shows which it is")

    # ---- What must be told ------------------------------------------------------------------------------------------

    def assert_one_session_each(self, monitor, table):
        """Each connection began and ended once, as conntrack(8) tells it, and nothing else did. The ends, by key."""
        starts, ends = monitor.by_key("session-start"), monitor.by_key("session-end")
        for told in starts, ends:
            surplus = {key: len(told.get(key, ())) for key in told.keys() | table if key not in table or len(told.get(key, ())) != 1}
            self.assertEqual(surplus, {}, "these are not one session each")
        ends = {key: events[0] for key, events in ends.items()}
        self.assertEqual({key: session.from_nfmon(end) for key, end in ends.items()}, table)
        for key, end in ends.items():
            self.assertEqual(end["nfmon"]["session"], starts[key][0]["nfmon"]["session"])
            self.assertEqual(end["nfmon"]["lanes"], ["conntrack", "nflog"] if counted(end) else ["conntrack"])
        return ends

    def logged(self, place, connection, table):
        """(packets, bytes) of each direction of which packets passed a place."""
        hook, _, kind = PLACES[place]
        entry = table[connection.key]
        up, down = PASSED[KINDS[connection.kind][0]][hook]
        if kind == "nat":
            return [(1, SYN[family(connection.source[0])])] if up else []
        return [counts for counts, passes in ((entry.up, up), (entry.down, down)) if passes]

    def ways(self, place, connection, logged):
        """The way in and the way out that a connection's packets show at a place."""
        passing, ways, _ = KINDS[connection.kind]
        hook = PLACES[place][0]
        ingress, egress = ways
        if not logged:
            return None, None
        if passing == "forwarded" and (hook != "prerouting" or len(logged) == 2):
            return ways
        return (ingress, None) if ingress else (None, egress)


def counted(event):
    """(packets, bytes) that rules logged of a session; `None` where none did."""
    lane = event["nfmon"].get("nflog")
    return lane and (lane["packets"], lane["bytes"])


def sum_of(counts):
    return tuple(map(sum, zip(*counts))) or None
