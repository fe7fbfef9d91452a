"""Known traffic through a NATing firewall, held against conntrack(8), which asks the same kernel."""

import re
import socket

import session
from case import LiveTest
from lab import traffic
from session import from_nfmon, interfaces, key_of, without_icmp_id


class Traffic(LiveTest):
    COUNTS = {"tcp": 3, "dnat": 2, "udp": 3, "ping": 2, "refused": 2, "denied": 1}

    def test_every_flow_of_known_traffic_is_exactly_one_session_with_its_nat_interfaces_and_kernel_counts(self):
        lab = self.make_lab("new", "drops")
        watcher = self.closing(lab.watch_ends())
        monitor = self.closing(lab.events())
        flows = lab.drive(**self.COUNTS)

        # The kernel closes a refused connection at once: those are in no table.
        self.assert_table_equals_conntrack(lab)
        alive = lab.conntrack()
        self.assertCountEqual(
            map(without_icmp_id, alive),
            [session.key_of_flow(flow) for flow in flows if flow["kind"] not in ("refused", "denied")],
        )

        lab.flush()
        tracked = [flow for flow in flows if flow["kind"] != "denied"]
        self.until(lambda: len(monitor.about("session-end")) >= len(tracked), "all sessions end")
        self.until(lambda: len(watcher.lines()) >= len(tracked), "conntrack -E saw all ends")
        self.assert_ends_well(monitor)

        self.assert_exactly(monitor, "session-start", tracked)
        self.assert_exactly(monitor, "session-end", tracked)
        self.assert_exactly(monitor, "session-denied", [flow for flow in flows if flow["kind"] == "denied"])
        self.assert_ends_equal(monitor, watcher)
        self.assert_flows_are_told_right(monitor, flows)

    def test_a_tunnels_key_and_a_pings_identifier_are_shown_where_ports_would_be(self):
        lab = self.make_lab("new")
        lab.tunnel(call=4660)
        lab.drive(ping=1)
        listing = lab.inside("conntrack", "-L", "-p", "gre").stdout
        self.assertIn(f"dstkey={4660:#x}", listing)
        identifiers = {str(key.icmp_id) for key in lab.conntrack() if key.icmp_id is not None}
        self.assertTrue(identifiers)
        for format_ in "table", "compact":
            text = lab.sessions("-o", format_).stdout
            self.assertRegex(text, r"gre +10\.0\.0\.7 .*192\.0\.2\.9 key 4660 ")
            self.assertEqual(set(re.findall(r"9 echo-request id (\d+) ", text)), identifiers, text)
        rows = session.parse_events(lab.sessions("-o", "ndjson").stdout.splitlines())
        self.assertIn({"destination_key": 4660}, [row["nfmon"].get("gre") for row in rows])

    def test_sessions_that_time_out_end_with_the_kernels_last_counts(self):
        lab = self.make_lab("new")
        lab.sysctl(
            nf_conntrack_udp_timeout=1, nf_conntrack_udp_timeout_stream=1, nf_conntrack_icmp_timeout=1,
            nf_conntrack_icmpv6_timeout=1, nf_conntrack_tcp_timeout_time_wait=1,
        )
        watcher = self.closing(lab.watch_ends())
        monitor = self.closing(lab.events())
        flows = lab.drive(tcp=2, udp=2, ping=1)

        def all_ended():
            lab.conntrack()  # listing the table makes the kernel drop what has timed out, not minutes later
            return len(monitor.about("session-end")) >= len(flows)

        self.until(all_ended, "all sessions end", 20)
        self.until(lambda: len(watcher.lines()) >= len(flows), "conntrack -E saw all ends")
        self.assert_ends_well(monitor)
        self.assert_exactly(monitor, "session-end", flows)
        self.assert_ends_equal(monitor, watcher)
        self.assert_flows_are_told_right(monitor, flows)

    def test_connections_that_end_at_once_are_one_session_each_with_their_interfaces(self):
        """The kernel gathers logged packets: the end of such a connection may come before the packet that began it."""
        lab = self.make_lab("new")
        monitor = self.closing(lab.events())
        flows = lab.drive(udp=1)  # the rules are not quiet
        monitor.until_quiet()
        lab.flush()
        flows += [flow for _ in range(12) for flow in lab.drive(refused=1)]
        self.assert_whole_lives(monitor, flows)

    def lab_that_logs_tcp_only(self):
        """The profile "new" logs neighbour discovery too, so that IPv6 is never quiet for long."""
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        for command in "iptables", "ip6tables":
            lab.log("new", "-p", "tcp", "--syn", command=command)
        return lab

    def test_the_first_connection_after_the_start_is_one_session_with_its_interfaces(self):
        lab = self.lab_that_logs_tcp_only()
        monitor = self.closing(lab.events())
        self.assert_whole_lives(monitor, lab.drive(refused=1))

    def test_the_first_connection_after_a_quiet_time_is_one_session_with_its_interfaces(self):
        lab = self.lab_that_logs_tcp_only()
        monitor = self.closing(lab.events())
        flows = lab.drive(tcp=1)
        monitor.until_quiet()
        lab.flush()
        # Longer than nfmon minds how busy the rules were.
        self.assert_stays_so(lambda: len(monitor.about("session-start")) <= len(flows), "no session too many", 11)
        flows += lab.drive(refused=1)
        self.assert_whole_lives(monitor, flows)

    def test_the_table_equals_conntracks_while_connections_carry_data(self):
        lab = self.make_lab("all")
        ends = []
        for family in socket.AF_INET, socket.AF_INET6:
            for port in 443, 993:
                near, far, _ = lab.connect(port, family)
                ends += [self.closing(near), self.closing(far)]
        inward, server, _ = lab.connect(80, route=lab.inward)
        ends += [self.closing(inward), self.closing(server)]
        for turn in range(3):
            for near, far in zip(ends[::2], ends[1::2]):
                near.sendall(bytes(1000 + turn))
                traffic.exactly(far, 1000 + turn)
            self.assert_table_equals_conntrack(lab)

    # ---- What is to be so ---------------------------------------------------------------------------------------------

    def assert_whole_lives(self, monitor, flows):
        """Each of these ended flows is one session from its start to its end, and there is no other."""
        self.until(lambda: len(monitor.about("session-end")) >= len(flows), "all sessions end")
        # A packet that found no session becomes one of its own after half a second.
        self.assert_stays_so(lambda: len(monitor.about("session-start")) <= len(flows), "no session too many", 1.5)
        self.assert_ends_well(monitor)
        self.assert_exactly(monitor, "session-start", flows)
        self.assert_exactly(monitor, "session-end", flows)
        self.assert_flows_are_told_right(monitor, flows)

    def assert_table_equals_conntrack(self, lab):
        """nfmon's table and conntrack's at one moment, at which nothing moves."""
        def look():
            before = lab.conntrack()
            shown = lab.sessions("-o", "ndjson", "--no-nflog")
            return (before, shown) if lab.conntrack() == before else None

        before, shown = self.until(look, "the traffic is at rest")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        rows = [from_nfmon(row) for row in session.parse_events(shown.stdout.splitlines())]
        self.assertEqual(len(rows), len(before))
        self.assertEqual({row.key: row for row in rows}, before)

    def assert_exactly(self, monitor, action, flows):
        """One event with this action for each flow, and none besides."""
        self.assertCountEqual(
            [without_icmp_id(key_of(event)) for event in monitor.about(action)],
            [session.key_of_flow(flow) for flow in flows],
            action,
        )

    def assert_ends_equal(self, monitor, watcher):
        """The ends are the kernel's: counters, translation and state of its DESTROY messages, each exactly once."""
        told = [from_nfmon(event) for event in monitor.about("session-end")]
        destroyed = [session.parse_conntrack(line.decode()) for line in watcher.lines()]
        self.assertCountEqual([entry.key for entry in told], [entry.key for entry in destroyed])
        destroyed = {entry.key: entry for entry in destroyed}
        for entry in told:
            with self.subTest(entry.key):
                self.assertEqual(
                    (entry.up, entry.down, entry.nat_source, entry.nat_destination),
                    (
                        destroyed[entry.key].up, destroyed[entry.key].down, destroyed[entry.key].nat_source,
                        destroyed[entry.key].nat_destination,
                    ),
                )
        for event in monitor.about("session-end"):
            self.assertEqual(event["nfmon"]["end"], "event")
            self.assertIs(event["nfmon"]["exact"], True)
            self.assertEqual(event["network"]["packets"], event["source"]["packets"] + event["destination"]["packets"])
            self.assertEqual(event["network"]["bytes"], event["source"]["bytes"] + event["destination"]["bytes"])
            self.assertLessEqual(event["event"]["start"], event["event"]["end"])

    def assert_flows_are_told_right(self, monitor, flows):
        """What the sender knows of each flow is what nfmon says of it."""
        last = {}
        for event in monitor.about("session-end", "session-denied"):
            last[without_icmp_id(key_of(event))] = event
        for flow in flows:
            event = last[session.key_of_flow(flow)]
            with self.subTest(flow["kind"], flow=flow):
                self.assertEqual(interfaces(event), (flow.get("iif"), flow.get("oif")))
                self.assert_translation(event, flow)
                if flow["kind"] == "denied":
                    self.assertEqual(event["rule"]["name"], flow["rule"])
                    self.assertEqual(event["nfmon"]["verdict"], "drop")
                    self.assertEqual(event["source"]["packets"], flow["packets_up"])
                else:
                    self.assertEqual(event["rule"]["name"], "new")
                    self.assertCountEqual(event["nfmon"]["lanes"], ["conntrack", "nflog"])
                self.assert_sizes(event, flow)

    def assert_translation(self, event, flow):
        source, destination = event["source"].get("nat"), event["destination"].get("nat")
        self.assertEqual(source and source["ip"], flow.get("nat_source"))
        self.assertEqual(destination and destination["ip"], flow.get("nat_destination"))
        if "nat_dport" in flow:
            self.assertEqual(destination["port"], flow["nat_dport"])

    def assert_sizes(self, event, flow):
        for side, way in (event["source"], "up"), (event["destination"], "down"):
            if f"packets_{way}" in flow and f"bytes_{way}" in flow:
                self.assertEqual(session.counters(side), (flow[f"packets_{way}"], flow[f"bytes_{way}"]))
            if flow["kind"] == "tcp":
                # Each segment has 32 bytes of TCP header (with timestamps), the first 8 more.
                header = (20 if flow["family"] == 4 else 40) + 32
                self.assertEqual(side["bytes"], flow[way] + side["packets"] * header + 8)
