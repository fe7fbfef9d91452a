"""Other network namespaces than one's own, and interfaces whose names change."""

from case import LiveTest
from nfmon import NFMON, Monitor
from processes import run
from session import interfaces, key_of, key_of_flow, parse_events, without_icmp_id


class Namespaces(LiveTest):
    def test_netns_is_the_same_as_ip_netns_exec(self):
        lab = self.make_lab("new")
        lab.drive(tcp=2, udp=2, ping=1)
        shown = [
            parse_events(result.stdout.splitlines())
            for result in (
                lab.sessions("-o", "ndjson"),
                lab.inside(NFMON, "sessions", "-o", "ndjson"),
                lab.inside(NFMON, "sessions", "-o", "ndjson", "--netns", lab.namespace, role="client"),
            )
        ]
        for rows in shown:
            for row in rows:
                del row["@timestamp"], row["event"]["duration"], row["nfmon"]["last_seen"]
                # How old the counters are is of the moment of asking.
                row["nfmon"].pop("counters", None)
        key = lambda row: row["nfmon"]["session"]  # noqa: E731
        self.assertEqual(len(shown[0]), 10)
        for other in shown[1:]:
            self.assertEqual(sorted(other, key=key), sorted(shown[0], key=key))

    def test_events_through_netns_have_the_interface_names_of_that_namespace(self):
        lab = self.make_lab("new")
        inside = self.closing(Monitor("events", before=("ip", "netns", "exec", lab.namespace)).until_ready())
        flows = lab.drive(udp=1)
        self.until(lambda: len(inside.about("session-start")) == 2, "they begin")
        inside.until_quiet()
        lab.flush()
        self.until(lambda: len(inside.about("session-end")) == 2, "they end")
        self.assert_ends_well(inside)
        self.assertCountEqual(map(key_of, inside.about("session-end")), map(key_of_flow, flows))
        self.assertEqual({interfaces(event) for event in inside.about("session-end")}, {("lan0", "wan0")})

    def test_another_namespaces_sessions_are_not_seen(self):
        one, other = self.make_lab("new"), self.make_lab("new")
        monitor = self.closing(one.events())
        other.drive(udp=2)
        [flow, *_] = one.drive(udp=1)
        self.until(lambda: len(monitor.about("session-start")) == 2, "the sessions begin")
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        starts = monitor.by_key("session-start")
        self.assertEqual(len(starts), 2)
        self.assertIn(key_of_flow(flow), starts)
        self.assertEqual(len(parse_events(one.sessions("-o", "ndjson").stdout.splitlines())), 2)
        self.assertEqual(len(parse_events(other.sessions("-o", "ndjson").stdout.splitlines())), 4)

    def test_an_interface_that_is_renamed_is_shown_by_its_new_name(self):
        lab = self.make_lab("new", "drops")
        # The lab's rules know it by its old name.
        lab.inside("iptables", "-I", "FORWARD", "2", "-p", "udp", "-j", "ACCEPT")
        savefile = self.directory() / "savefile"
        monitor = self.closing(lab.events("-w", savefile))
        before = lab.drive(udp=1)[0]
        monitor.until_quiet()
        for command in ("down",), ("name", "uplink"):
            run("ip", "-n", lab.namespace, "link", "set", "wan0", *command)
        run("ip", "-n", lab.namespace, "link", "set", "uplink", "up")
        lab.datagrams(1, first_source_port=7000)
        monitor.until_quiet()
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) == 3, "they end")
        self.assert_ends_well(monitor)
        ends = {without_icmp_id(key_of(event)): event for event in monitor.about("session-end")}
        self.assertIn(key_of_flow(before), ends)
        later = next(event for key, event in ends.items() if key.source[1] == 7000)
        self.assertEqual(interfaces(later), ("lan0", "uplink"))
        updates = [event for event in monitor.events() if event.get("observer")]
        self.assertIn(("lan0", "wan0"), map(interfaces, updates), "what was told before keeps the old name")
        replayed = run(NFMON, "events", "-r", savefile).stdout
        self.assertEqual(
            [interfaces(event) for event in parse_events(replayed.splitlines())], [interfaces(e) for e in monitor.events()]
        )

    def test_an_interface_that_comes_while_it_runs_is_shown_by_its_name(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events())
        for words in (
            ("link", "add", "late0", "type", "veth", "peer", "name", "late1"), ("link", "set", "late0", "up"),
            ("link", "set", "late1", "up"), ("address", "add", "198.51.100.1/24", "dev", "late0"),
            ("neighbour", "add", "198.51.100.2", "lladdr", "02:00:00:00:00:02", "dev", "late0"),
        ):
            run("ip", "-n", lab.namespace, *words)
        lab.inside("iptables", "-I", "FORWARD", "2", "-o", "late0", "-j", "ACCEPT")
        run("ip", "netns", "exec", f"{lab.prefix}-client", "bash", "-c", "echo x >/dev/udp/198.51.100.2/9")
        monitor.until_quiet()
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) >= 1, "it ends")
        self.assert_ends_well(monitor)
        ends = [event for event in monitor.about("session-end") if event["destination"]["ip"] == "198.51.100.2"]
        self.assertEqual([interfaces(event) for event in ends], [("lan0", "late0")])
