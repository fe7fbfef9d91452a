"""Filters: what is shown is what they mean, whoever left out the rest, the kernel or nfmon."""

import json
import os
import signal

from case import LiveTest
from nfmon import MISUSE, finish
from session import key_of, parse_events


class Filters(LiveTest):
    def drive(self, lab):
        lab.drive(tcp=4, dnat=2, udp=5, ping=2)

    def mark(self, lab, port, connection, mark):
        """Has a rule mark a connection with its next packet."""
        rule = "FORWARD", "-p", "tcp", "--dport", str(port), "-j", "CONNMARK", "--set-mark", str(mark)
        lab.inside("iptables", "-t", "mangle", "-I", *rule)
        connection.sendall(b"x")
        self.until(lambda: self.rows(lab, "-p", "tcp", "--dport", str(port), "--mark", str(mark)), "the mark is set")
        lab.inside("iptables", "-t", "mangle", "-D", *rule)

    def told(self, events):
        """What a stream told of sessions, but for what differs between two streams."""
        return sorted(
            (event["event"]["action"], event["nfmon"]["session"], event["source"].get("bytes", -1))
            for event in events
            if event["event"]["action"].startswith("session")
        )

    def rows(self, lab, *match):
        """What `conntrack -L` shows of both families."""
        lines = []
        # An address that is asked for has its family with it.
        of_address = any("." in word for word in match)
        for family in ("ipv4",) if of_address else ("ipv4", "ipv6"):
            lines += lab.inside("conntrack", "-L", "-f", family, "-o", "id", *match).stdout.splitlines()
        return len(lines)

    def shown(self, lab, *words):
        answer = lab.sessions("-o", "json", *words)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    # ---- Events -------------------------------------------------------------------------------------------------------

    def test_the_stream_with_a_filter_is_that_part_of_the_stream_without(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        whole = self.closing(lab.events("--no-nflog"))
        expected = {
            "udp": lambda event: event["network"]["transport"] == "udp",
            "src net 10.0.0.0/24": lambda event: event["source"]["ip"].startswith("10.0.0."),
            "ip6 and not port 443": lambda event: event["network"]["type"] == "ipv6"
            and event["destination"].get("port", 443) != 443,
            "natsrc 192.0.2.1 or icmp": lambda event: event["source"].get("nat", {}).get("ip") == "192.0.2.1"
            or event["network"]["transport"] == "icmp",
            "tcp and bytes > 300": lambda event: event["network"]["transport"] == "tcp"
            and event["network"].get("bytes", 0) > 300,
        }
        streams = {text: self.closing(lab.events("--no-nflog", text)) for text in expected}
        self.drive(lab)
        lab.flush()
        for monitor in whole, *streams.values():
            monitor.until_quiet()
            self.assert_ends_well(monitor)
        starts = whole.about("session-start")
        self.assertGreaterEqual(len(starts), 13)
        self.assertEqual(len(whole.about("session-end")), len(starts))
        for text, monitor in streams.items():
            part = [event for event in whole.about("session-start", "session-update", "session-end") if expected[text](event)]
            self.assertGreater(len(part), 0, text)
            self.assertEqual(self.told(monitor.events()), self.told(part), text)
            numbers = [event["event"]["sequence"] for event in monitor.events()]
            self.assertEqual(numbers, list(range(len(numbers))), "what nobody wanted leaves no gap")

    def test_what_the_kernel_leaves_out_takes_no_buffer_and_is_not_lost(self):
        lab = self.make_lab()
        words = "--no-nflog", "--conntrack-buffer", "64K"
        filtered = self.closing(lab.events(*words, "tcp dst port 443"))
        self.assertIn("conntrack (filtered by the kernel)", filtered.talk)
        whole = self.closing(lab.events(*words))
        self.assertNotIn("filtered", whole.talk)
        for monitor in filtered, whole:
            os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.datagrams(2000, first_source_port=10000)
        for monitor in filtered, whole:
            os.kill(monitor.process.pid, signal.SIGCONT)
        self.until(lambda: sum(lab.drops_of(whole.process.pid).values()) > 1500, "who listens to all loses most of it")
        near, far, key = lab.connect(443)
        self.closing(near), self.closing(far)
        self.until(lambda: key in filtered.by_key("session-start"), "what is meant is told")
        self.assertEqual(sum(lab.drops_of(filtered.process.pid).values()), 0)
        self.assert_ends_well(filtered)
        self.assertEqual({key_of(event) for event in filtered.about("session-start")}, {key})

    def test_a_dump_shows_as_found_only_what_is_meant(self):
        lab = self.make_lab()
        lab.datagrams(50, first_source_port=10000)
        connections = [lab.connect(port) for port in (443, 993)]
        for near, far, _ in connections:
            self.closing(near), self.closing(far)
        monitor = self.closing(lab.events("--no-nflog", "tcp and mark = 0"))
        self.until(lambda: len(monitor.about("resync")) == 2, "the first dump")
        resync = monitor.about("resync")[-1]["nfmon"]
        self.assertEqual((resync["rows"], resync["found"]), (2, 2))
        self.assert_ends_well(monitor)

    def test_a_session_that_gets_its_mark_later_is_told_from_then_on_and_its_end_too(self):
        lab = self.make_lab()
        monitor = self.closing(lab.events("--no-nflog", "mark = 5"))
        near, far, key = lab.connect(443)
        self.closing(near), self.closing(far)
        other_near, other_far, other = lab.connect(993)
        self.closing(other_near), self.closing(other_far)
        third_near, third_far, third = lab.connect(587)
        self.closing(third_near), self.closing(third_far)
        self.mark(lab, 443, near, 5), self.mark(lab, 993, other_near, 7), self.mark(lab, 587, third_near, 5)
        self.until(lambda: {key, third} <= set(monitor.by_key("session-update")), "they have the mark")
        self.mark(lab, 443, near, 6), self.mark(lab, 993, other_near, 5), self.mark(lab, 587, third_near, 0)
        self.until(lambda: other in monitor.by_key("session-update"), "the other has it now")
        lab.flush()
        self.until(lambda: monitor.about("session-end"), "its end")
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        self.assertEqual(set(monitor.by_key("session-end")), {other}, "the others had another mark, or none, at their end")
        self.assertTrue(all(event["nfmon"]["mark"] == 5 for event in monitor.about("session-update", "session-end")))

    def test_a_packet_whose_session_is_left_out_makes_no_session_of_its_own(self):
        lab = self.make_lab()
        # Answers, before they are translated back: the sessions' own destination is the server.
        lab.inside("iptables", "-t", "raw", "-I", "PREROUTING", "-i", "wan0", "-j", "NFLOG", "--nflog-group", str(lab.group))
        text = "dst host 192.0.2.1"
        monitor = self.closing(lab.events(text))
        lab.drive(tcp=3, dnat=2)
        lab.flush()
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        starts = monitor.about("session-start")
        self.assertEqual({event["destination"]["port"] for event in starts}, {8080}, "those that are translated there")
        self.assertTrue(all("conntrack" in event["nfmon"]["lanes"] for event in starts))

    def test_packets_of_sessions_that_are_left_out_take_nothing_away(self):
        lab = self.make_lab()
        lab.log("all")
        monitor = self.closing(lab.events("dst port 9 and udp"))
        lab.drive(tcp=5, refused=2)
        lab.datagrams(3)
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        starts = monitor.about("session-start")
        self.assertEqual([event["destination"]["port"] for event in starts], [9])
        answer = lab.sessions("--top", "dst port 9 and udp")
        self.assertNotIn("ICMP", answer.stdout)

    def test_a_zone_is_asked_for_and_the_other_keeps_its_packets(self):
        lab = self.make_lab()
        tuple_ = "-p", "udp", "--sport", "5000", "--dport", "9"
        for zone in 7, 9:
            rule = "PREROUTING", *tuple_, "-j", "CT", "--zone", str(zone)
            lab.inside("iptables", "-t", "raw", "-A", *rule)
            lab.datagrams(1)
            if zone == 7:
                lab.inside("iptables", "-t", "raw", "-D", *rule)
        for lanes in (), ("--no-nflog",):
            [shown] = self.shown(lab, *lanes, "zone = 7")["sessions"]
            self.assertEqual(shown["nfmon"]["zone"], 7)
        monitor = self.closing(lab.events("zone = 7"))
        lab.log("which", *tuple_)
        lab.datagrams(2)
        monitor.until_quiet()
        self.assertEqual(monitor.stop(), 0)
        [start] = monitor.about("session-start")
        self.assertEqual(start["nfmon"]["zone"], 7)
        self.assertNotIn("nflog", [lane for event in monitor.events() for lane in event["nfmon"].get("lanes", [])])

    def test_a_session_that_nobody_can_judge_is_counted(self):
        lab = self.make_lab("new")
        near, far, _ = lab.connect(443)
        self.closing(near), self.closing(far)
        answer = self.shown(lab, "iif = lan0")
        self.assertEqual((answer["sessions"], answer["summary"]["unjudged"]), ([], 1))
        self.assertTrue(any("--top" in note for note in answer["summary"]["notes"]))
        table = lab.sessions("rule = new or udp").stdout
        self.assertIn("1 session not judged", table)
        path = os.path.join(self.directory().path, "one.pcap")
        recorder = self.closing(lab.record("--no-nflog", path))
        near, far, _ = lab.connect(993)
        near.close(), far.close()
        lab.flush()
        recorder.until_quiet()
        self.assertEqual(recorder.stop(), 0)
        replay = json.loads(finish("sessions", "-o", "json", "-r", path, "iif = lan0").stdout)
        self.assertEqual((replay["sessions"], replay["summary"]["unjudged"]), ([], 2), "they have ended since")
        for words in ("--no-nflog", "verdict = drop"), ("--no-conntrack", "mark = 5"):
            refused = lab.sessions(*words)
            self.assertEqual(refused.returncode, MISUSE)
            self.assertIn("leaves out", refused.stderr)

    def test_a_recording_holds_everything_whatever_is_shown_meanwhile(self):
        lab = self.make_lab()
        path = os.path.join(self.directory().path, "all.pcap")
        monitor = self.closing(lab.events("--no-nflog", "--write", path, "udp"))
        self.assertNotIn("filtered", monitor.talk)
        self.drive(lab)
        monitor.until_quiet()
        self.assert_ends_well(monitor)
        replay = finish("events", "-r", path, "udp")
        self.assertEqual(self.told(parse_events(replay.stdout.splitlines())), self.told(monitor.events()))
        everything = parse_events(finish("events", "-r", path).stdout.splitlines())
        self.assertGreater(len(everything), 2 * len(monitor.events()))

    # ---- Sessions -----------------------------------------------------------------------------------------------------

    def test_sessions_are_those_of_conntrack_with_the_same_wish(self):
        lab = self.make_lab()
        self.drive(lab)
        for port, mark in (443, 5), (993, 0x15), (587, 0):
            near, far, _ = lab.connect(port)
            self.closing(near), self.closing(far)
            if mark:
                self.mark(lab, port, near, mark)
        lab.datagrams(20, first_source_port=20000)
        wishes = {
            "tcp": ("-p", "tcp"),
            "udp dst port 9": ("-p", "udp", "--dport", "9"),
            "src 10.0.0.7": ("-s", "10.0.0.7"),
            "dst host 192.0.2.9 and tcp": ("-p", "tcp", "-d", "192.0.2.9"),
            "mark = 5": ("--mark", "5"),
            "mark = 0x5/0xf": ("--mark", "0x5/0xf"),
            "status = assured": ("-u", "ASSURED"),
            "state = established": ("-p", "tcp", "--state", "ESTABLISHED"),
            "natsrc 192.0.2.1": ("--src-nat", "192.0.2.1"),
        }
        for text, match in wishes.items():
            for lanes in (), ("--no-nflog",):
                answer = self.shown(lab, *lanes, text)
                self.assertEqual(len(answer["sessions"]), self.rows(lab, *match), text)
                self.assertGreater(len(answer["sessions"]), 0, text)
                self.assertEqual(answer["summary"]["filter"], text)
                self.assertIs(answer["summary"]["complete"], True)
        table = lab.sessions("--no-nflog", "--top", "udp", "dst", "port", "9")
        self.assertIn("20 of 20 matching sessions", table.stdout)

    def test_a_filter_that_cannot_be_read_is_shown_with_its_place(self):
        for command in "events", "sessions":
            answer = finish(command, "dport = 443 and sprt 5")
            self.assertEqual(answer.returncode, MISUSE)
            lines = answer.stderr.splitlines()
            self.assertIn("'sprt' is no column", lines[0])
            self.assertEqual(lines[2].index("^"), lines[1].index("sprt"))
