"""Several NFLOG groups, and the lanes one by one."""

from case import LiveTest
from nfmon import finish
from session import by_key, interfaces, parse_events


class Groups(LiveTest):
    def test_several_groups_are_read_at_once(self):
        lab = self.make_lab()
        for group in 100, 101, 65535:
            lab.log(f"group-{group}", "-p", "udp", "--dport", str(9 + group % 7), group=group)
        monitor = self.closing(lab.events("--group", "100", "--group", "101", "--group=65535", "--group", "100"))
        self.assertIn("NFLOG group 100, 101, 65535", monitor.talk)
        for group in 100, 101, 65535:
            lab.datagrams(4, port=9 + group % 7)
        monitor.until_quiet()
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) == 3, "they end")
        self.assert_ends_well(monitor)
        ends = monitor.about("session-end")
        self.assertEqual(
            {event["destination"]["port"]: event["rule"]["name"] for event in ends},
            {9 + group % 7: f"group-{group}" for group in (100, 101, 65535)},
        )
        self.assertEqual({interfaces(event) for event in ends}, {("lan0", "wan0")})

    def assert_counted_once(self, groups):
        """Five packets that two rules log are five."""
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        for number, group in enumerate(groups):
            lab.log(f"rule-{number}", "-p", "udp", group=group)
        monitor = self.closing(lab.events(*(f"--group={group}" for group in groups)))
        lab.drive(udp=1)
        monitor.until_quiet()
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) == 2, "they end")
        self.assert_ends_well(monitor)
        [end] = [event for event in monitor.about("session-end") if event["network"]["type"] == "ipv4"]
        self.assertEqual((end["network"]["packets"], end["nfmon"]["nflog"]["packets"]), (6, 6))

    def test_a_packet_that_two_rules_log_is_counted_once(self):
        self.assert_counted_once([100, 100])

    def test_a_packet_that_two_rules_log_to_two_groups_is_counted_once(self):
        self.assert_counted_once([100, 101])

    def test_a_group_that_nobody_asked_for_is_not_read(self):
        lab = self.make_lab()
        lab.log("elsewhere", "-p", "udp", group=101)
        monitor = self.closing(lab.events())
        lab.datagrams(2)
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        [start] = monitor.about("session-start")
        self.assertEqual(start["nfmon"]["lanes"], ["conntrack"])

    def test_without_conntrack_the_logged_packets_alone_are_sessions(self):
        lab = self.make_lab("all", "drops")
        monitor = self.closing(lab.events("--no-conntrack"))
        flows = lab.drive(udp=1, denied=1)
        self.until(lambda: len(monitor.about("session-denied")) == 7, "the denied are told")
        self.until(
            lambda: sum(event["network"]["transport"] == "udp" for event in monitor.about("session-start")) >= 2,
            "the UDP sessions are told",
        )
        self.assert_ends_well(monitor)
        for event in monitor.about("session-start", "session-denied"):
            self.assertEqual(event["nfmon"]["lanes"], ["nflog"])
            self.assertIs(event["nfmon"]["exact"], False, "a rule's count is a lower bound")
        self.assertEqual(monitor.about("resync"), [])
        self.assertEqual(len(flows), 9)

    def test_without_nflog_no_group_is_taken(self):
        lab = self.make_lab("new", "drops")
        monitor = self.closing(lab.events("--no-nflog"))
        self.assertEqual(lab.inside("cat", "/proc/net/netfilter/nfnetlink_log").stdout, "")
        lab.drive(udp=1, denied=1)
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        self.assertEqual(monitor.about("session-denied"), [])
        self.assertEqual({tuple(event["nfmon"]["lanes"]) for event in monitor.about("session-start")}, {("conntrack",)})

    def test_a_recording_can_be_looked_at_lane_by_lane(self):
        lab = self.make_lab("new", "drops")
        savefile = self.directory() / "savefile"
        recorder = self.closing(lab.record(savefile))
        lab.drive(udp=1, denied=1)
        recorder.until_quiet()
        self.assert_ends_well(recorder)

        def keys(*options, actions=("session-start", "session-denied")):
            result = finish("events", "-r", savefile, *options)
            self.assertEqual(result.returncode, 0, result.stderr)
            return by_key(parse_events(result.stdout.splitlines()), *actions)

        self.assertEqual(len(keys("--no-nflog")), 2)
        self.assertEqual(len(keys("--no-conntrack", actions=("session-denied",))), 7)
        self.assertEqual(len(keys()), 9)
