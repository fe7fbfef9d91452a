"""Community IDs, held against tshark's of the same packets on both sides of the firewall."""

import session
from case import LiveTest
from formats import validate
from processes import run

FIELDS = (
    "communityid", "ip.proto", "ipv6.nxt", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "udp.srcport",
    "tcp.dstport", "udp.dstport",
)


class CommunityID(LiveTest):
    def test_ids_before_and_after_translation_are_those_of_tshark_on_either_side_of_the_firewall(self):
        lab = self.make_lab("new", "drops")
        captures = {interface: self.capture(lab, interface) for interface in ("lan0", "wan0")}
        monitor = self.closing(lab.events())
        flows = lab.drive(tcp=2, dnat=2, udp=2, ping=2)
        denied = lab.drive(denied=1)
        self.assertEqual({flow["family"] for flow in flows}, {4, 6})
        listed = {
            format_: validate(lab.sessions("-o", format_).stdout.encode(), format_)
            for format_ in ("ndjson", "json", "csv")
        }
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) >= len(flows), "all sessions end")
        self.until(lambda: len(monitor.about("session-denied")) >= len(denied), "all denials are told")
        self.assert_ends_well(monitor)
        last = monitor.by_key("session-end", "session-denied")
        last = {session.without_icmp_id(key): events[-1] for key, events in last.items()}

        # What the initiator sends goes in at one interface, and what becomes of it out at the other.
        expected = {interface: set() for interface in captures}
        for flow in flows + denied:
            expected[flow["iif"]].add(before(last[session.key_of_flow(flow)]))
        for flow in flows:
            expected[flow["oif"]].add(after(last[session.key_of_flow(flow)]))
        seen = {interface: self.ids_in(captures[interface], expected[interface]) for interface in captures}
        for flow in flows + denied:
            event = last[session.key_of_flow(flow)]
            with self.subTest(flow["kind"], flow=flow):
                self.assertEqual(event["network"]["community_id"], seen[flow["iif"]][before(event)])
                is_translated = "nat_source" in flow or "nat_destination" in flow
                self.assertEqual("nat_community_id" in event["nfmon"], is_translated)
                if flow not in denied:
                    after_translation = event["nfmon"].get("nat_community_id", event["network"]["community_id"])
                    self.assertEqual(after_translation, seen[flow["oif"]][after(event)])

        told = {event["nfmon"]["session"]: ids_of(event) for event in monitor.about("session-end")}
        self.assert_lists_agree(listed, told)

    def capture(self, lab, interface):
        """What passes the firewall's interface from now on; the capture is the program's output."""
        # Headers alone: for whole packets, the ring that a packet leaves at once has few places.
        tcpdump = self.program(
            ["ip", "netns", "exec", lab.namespace, "tcpdump", "-i", interface, "-s", "128", "-B", "8192", "-Z", "root",
             "--immediate-mode", "-U", "-w", "-"]
        )
        tcpdump.until_said("listening on")
        return tcpdump

    def ids_in(self, capture, flows):
        """tshark's Community ID of each flow in the capture, which must be one ID in both directions."""
        found = self.until(lambda: complete(read(capture), flows), "every flow is in the capture")
        for flow, ids in found.items():
            self.assertEqual(len(ids), 1, flow)
        return {flow: ids.pop() for flow, ids in found.items()}

    def assert_lists_agree(self, listed, told):
        """Each format has the IDs that the events have; unknown is absent, or an empty field."""
        for format_ in "ndjson", "json":
            rows = {row["nfmon"]["session"]: ids_of(row) for row in listed[format_]}
            self.assertEqual({name: rows[name] for name in told}, told, format_)
        rows = {row["session"]: (row["community_id"], row["nat_community_id"] or None) for row in listed["csv"]}
        self.assertEqual({name: rows[name] for name in told}, told, "csv")


def read(capture):
    """The Community IDs of each flow in a capture."""
    fields = [word for field in FIELDS for word in ("-e", field)]
    lines = run(
        "tshark", "-n", "-r", capture.output_path, "--enable-protocol", "communityid", "-T", "fields",
        "-E", "separator=|", "-E", "occurrence=f", *fields, check=False,  # its last packet may be there in part
    ).stdout.splitlines()
    found = {}
    for line in lines:
        row = dict(zip(FIELDS, line.split("|")))
        if row["communityid"]:
            found.setdefault(flow_of(row), set()).add(row["communityid"])
    return found


def complete(found, flows):
    return found if flows <= found.keys() else None


def ids_of(record):
    return record["network"]["community_id"], record["nfmon"].get("nat_community_id")


def before(record):
    """The flow of a record's packets before translation: its protocol and both ends, whatever the direction."""
    ends = session.end_of(record["source"]), session.end_of(record["destination"])
    return session.protocol(record), frozenset(ends)


def after(record):
    ends = (session.end_of(record[side].get("nat", record[side])) for side in ("source", "destination"))
    return session.protocol(record), frozenset(ends)


def flow_of(row):
    """The same of a packet that tshark read."""
    def end(way, port):
        number = row[f"tcp.{port}"] or row[f"udp.{port}"]
        return row[f"ip.{way}"] or row[f"ipv6.{way}"], int(number) if number else None

    return int(row["ip.proto"] or row["ipv6.nxt"]), frozenset((end("src", "srcport"), end("dst", "dstport")))
