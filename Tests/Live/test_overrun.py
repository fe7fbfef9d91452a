"""Loss is data: what the kernel could not hand over is counted exactly, and the table is right again afterwards."""

import datetime
import os
import re
import signal
import socket
import time

from case import LiveTest
from nfmon import until_quiet
from session import key_of


class Overrun(LiveTest):
    def live_sessions(self, monitor):
        """What the stream says is there: started and not ended."""
        live = {}
        for event in monitor.about("session-start", "session-end"):
            if event["event"]["action"] == "session-start":
                live[event["nfmon"]["session"]] = key_of(event)
            else:
                live.pop(event["nfmon"]["session"], None)
        return set(live.values())

    def lost(self, monitor, source):
        return sum(event["nfmon"]["lost"] for event in monitor.about("loss") if event["nfmon"]["source"] == source)

    def resyncs(self, monitor):
        ends = [event for event in monitor.about("resync") if event["nfmon"]["phase"] == "end"]
        return [event for event in ends if event["nfmon"]["cause"] == "overrun"]

    def event_drops(self, lab, monitor):
        """The kernel's own count for the socket that is in the group of DESTROY, and in those of NEW and UPDATE if it can."""
        [drops] = [drops for groups, drops in lab.drops_of(monitor.process.pid).items() if groups & 0b100]
        return drops

    def assert_recovers(self, lab, monitor):
        """The loss is told with the kernel's number, a resync follows it, and then the stream is the table again."""
        self.until(lambda: self.event_drops(lab, monitor) > 0, "the kernel drops events")
        drops = self.event_drops(lab, monitor)
        self.until(lambda: self.lost(monitor, "conntrack") == drops, f"{drops} events told as lost")
        self.until(
            lambda: (found := self.resyncs(monitor)) and found[-1]["nfmon"].get("complete", True), "a complete resync"
        )
        self.until(lambda: self.live_sessions(monitor) == set(lab.conntrack()), "the stream equals conntrack -L", 25)
        self.assertEqual(self.event_drops(lab, monitor), drops)
        self.assertEqual(monitor.stop(), 0)
        self.assertIn(f"INCOMPLETE: conntrack lost {drops:,} messages (overrun)", monitor.summary)
        self.assertRegex(monitor.summary, r"--conntrack-buffer \d+M would have held them")
        # Losses are told once a second at most, so perhaps after the resync that makes up for them.
        last = self.resyncs(monitor)[-1]
        self.assertGreater(last["@timestamp"], max(loss["event"]["end"] for loss in monitor.about("loss")))

    def test_a_burst_while_nfmon_is_held_up_is_counted_and_the_table_is_right_again(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events("--conntrack-buffer", "64K", "--no-nflog"))
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.datagrams(3000, first_source_port=10000)
        self.assertEqual(len(lab.conntrack()), 3000)
        os.kill(monitor.process.pid, signal.SIGCONT)
        self.assert_recovers(lab, monitor)

    def test_ends_that_anothers_reliable_delivery_repeats_are_told_once(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_timestamp=1)
        plain = self.closing(lab.events("--no-nflog"))
        stalled = self.closing(lab.events("--no-nflog", "--reliable", "--conntrack-buffer", "4K"))
        lab.datagrams(500, first_source_port=10000)
        self.until(lambda: len(plain.about("session-start")) == 500, "all begin")
        os.kill(stalled.process.pid, signal.SIGSTOP)
        lab.flush()
        self.until(lambda: len(plain.about("session-end")) >= 500, "all end")
        # The kernel sends the ends again and again for as long as the other does not take them.
        self.assert_stays_so(lambda: len(plain.about("session-end")) == 500, "once each", 4)
        os.kill(stalled.process.pid, signal.SIGCONT)
        self.until(lambda: len(stalled.about("session-end")) == 500, "the other one has them", 30)
        plain.until_quiet()
        self.assertEqual(len(plain.about("session-end")), 500)
        self.assert_ends_well(plain)

    def test_a_buffer_of_nobodys_choice_grows_with_its_need(self):
        lab = self.make_lab()
        # More than 64 MiB hold: to listen to events is what makes the kernel send them.
        monitor = self.closing(lab.events("--no-nflog", "-o", "compact"))
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.fill(150_000, 1, seconds=600)
        os.kill(monitor.process.pid, signal.SIGCONT)
        self.until(lambda: self.event_drops(lab, monitor) > 0, "the burst is too great")
        drops = self.event_drops(lab, monitor)
        monitor.until_quiet()
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.flush()
        os.kill(monitor.process.pid, signal.SIGCONT)
        monitor.until_quiet()
        self.assertEqual(self.event_drops(lab, monitor), drops, "the next burst is not")
        self.assertEqual(monitor.stop(), 0)
        self.assertIn(f"conntrack lost {drops:,} messages (overrun)", monitor.summary)
        self.assertIn("(it has grown to 128M)", monitor.summary)

    def test_the_buffer_that_it_names_would_have_sufficed(self):
        lab = self.make_lab("new")

        def burst(buffer):
            monitor = self.closing(lab.events("--conntrack-buffer", buffer, "--no-nflog", "--no-initial"))
            os.kill(monitor.process.pid, signal.SIGSTOP)
            lab.datagrams(20000, first_source_port=10000)
            os.kill(monitor.process.pid, signal.SIGCONT)
            monitor.until_quiet()
            self.assertEqual(monitor.stop(), 0)
            lab.flush()
            return monitor.summary

        named = re.search(r"--conntrack-buffer (\d+M) would have held them", burst("64K")).group(1)
        self.assertIn("complete: nothing is known to be lost", burst(named))

    def test_ends_that_were_lost_are_noticed(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events("--conntrack-buffer", "64K", "--no-nflog"))
        for start in range(10000, 12000, 100):
            lab.datagrams(100, first_source_port=start)
            self.until(lambda: len(monitor.about("session-start")) == start - 9900, "they begin")
        self.assertEqual(self.lost(monitor, "conntrack"), 0)
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.flush()
        lab.datagrams(50, first_source_port=20000)
        os.kill(monitor.process.pid, signal.SIGCONT)
        self.assert_recovers(lab, monitor)
        ends = monitor.about("session-end")
        self.assertEqual(len(ends), len({event["nfmon"]["session"] for event in ends}), "each ended once")
        self.assertEqual(len(ends), 2000)
        self.assertEqual({event["nfmon"]["end"] for event in ends}, {"event", "inferred"})

    def test_reliable_delivery_loses_no_end(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events("--conntrack-buffer", "64K", "--no-nflog", "--reliable"))
        for start in range(10000, 12000, 100):
            lab.datagrams(100, first_source_port=start)
            self.until(lambda: len(monitor.about("session-start")) == start - 9900, "they begin")
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.flush()
        os.kill(monitor.process.pid, signal.SIGCONT)
        self.until(lambda: len(monitor.about("session-end")) >= 2000, "all ends are told", 30)
        monitor.until_quiet()
        ends = monitor.about("session-end")
        self.assertEqual(len(ends), 2000, "each once")
        self.assertEqual({event["nfmon"]["end"] for event in ends}, {"event"})
        self.assertEqual(monitor.stop(), 0)

    def test_what_waits_in_the_sockets_when_it_is_stopped_is_read_first(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events())
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.datagrams(20000, first_source_port=10000)
        os.kill(monitor.process.pid, signal.SIGINT)
        os.kill(monitor.process.pid, signal.SIGCONT)
        self.assertEqual(monitor.wait(20), 0)
        self.assertIn("complete: nothing is known to be lost", monitor.summary)
        starts = monitor.about("session-start")
        self.assertEqual(len(starts), 20000)
        seen = [event for event in starts + monitor.about("session-update") if "rule" in event]
        self.assertEqual(len({event["nfmon"]["session"] for event in seen}), 20000, "and every logged packet")

    def test_packets_lost_at_the_end_of_a_burst_are_known_though_no_packet_follows(self):
        lab = self.make_lab()
        lab.log("count", "-p", "udp")
        monitor = self.closing(lab.events("--nflog-buffer", "4K"))
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.datagrams(20000)
        os.kill(monitor.process.pid, signal.SIGCONT)
        self.until(lambda: monitor.about("loss"), "a loss is told")
        monitor.until_quiet()
        self.assertEqual(monitor.stop(), 0)
        self.assertIn("INCOMPLETE", monitor.summary)
        self.assertIn("nflog", {event["nfmon"]["source"] for event in monitor.about("loss")})

    def test_what_the_kernel_gathers_of_large_packets_at_once_is_read_whole(self):
        for size in (20, 200, 400, 1400):
            with self.subTest(size):
                lab = self.make_lab()
                lab.log("count", "-p", "udp")
                monitor = self.closing(lab.events("--no-conntrack"))
                lab.datagrams(1000, first_source_port=10000, payload=bytes(size))
                monitor.until_quiet()
                self.assertEqual(monitor.stop(), 0)
                self.assertIn("complete: nothing is known to be lost", monitor.summary)
                self.assertEqual(monitor.about("loss"), [])
                self.assertEqual(len(monitor.about("session-start")), 1000)

    def test_a_tuple_used_again_at_once_is_a_session_with_interfaces_and_rule_each_time(self):
        lab = self.make_lab("new")
        # The kernel's own word tells which of them a packet is of, however late nfmon hears of an end.
        lab.sysctl(nf_conntrack_timestamp=1)
        monitor = self.closing(lab.events())
        for turn in range(30):
            lab.datagrams(2)
            lab.delete("-p", "udp")
        monitor.until_quiet()
        self.assertEqual(monitor.stop(), 0)
        self.assertEqual(len(monitor.about("session-start")), 30, "and no other that packets alone told of")
        ends = monitor.about("session-end")
        self.assertEqual(len(ends), 30)
        self.assertEqual([event.get("rule", {}).get("name") for event in ends], ["new"] * 30)

    def test_a_burst_through_a_tiny_buffer_is_counted_and_the_table_is_right_again(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events("--conntrack-buffer", "4K", "--no-nflog"))
        lab.datagrams(5000, first_source_port=10000)
        self.assert_recovers(lab, monitor)
        starts = monitor.about("session-start")
        self.assertEqual(len(starts), 5000)
        self.assertEqual(len({event["nfmon"]["session"] for event in starts}), 5000, "each began once")

    def test_overruns_without_end_do_not_keep_the_table_from_ever_being_right(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events("--conntrack-buffer", "4K", "--no-nflog"))
        begin = time.monotonic()
        for turn in range(10):
            lab.datagrams(500, first_source_port=10000 + turn * 500)
            time.sleep(0.1)  # the pace of the load
        self.assert_recovers(lab, monitor)
        resyncs = len(self.resyncs(monitor))
        self.assertLessEqual(resyncs, (time.monotonic() - begin) / 0.1 + 1, "but it does not dump all the time")
        losses = [event for event in monitor.about("loss")]
        self.assertLessEqual(len(losses), time.monotonic() - begin + 2, "one loss event a second at most")

    def test_sessions_live_through_ten_seconds_of_overruns_and_their_totals_are_exact(self):
        lab = self.make_lab("new")
        monitor = self.closing(lab.events("--conntrack-buffer", "4K", "--no-nflog"))
        long = [lab.connect(port) for port in (443, 993, 8443)]
        for near, far, _ in long:
            self.addCleanup(near.close)
            self.addCleanup(far.close)
        keys = {key for _, _, key in long}
        self.until(lambda: keys <= set(monitor.by_key("session-start")), "the long sessions begin")
        deadline = time.monotonic() + 10
        turns = 0
        while time.monotonic() < deadline:
            lab.datagrams(1000, first_source_port=10000 + turns % 40 * 1000)
            for near, far, _ in long:
                near.sendall(b"x" * 1000)
                self.assertEqual(len(far.recv(1000, socket.MSG_WAITALL)), 1000)
            lab.delete("-p", "udp")
            turns += 1
        calm = datetime.datetime.now(datetime.timezone.utc)
        drops = self.event_drops(lab, monitor)
        self.assertGreater(drops, 0, "overruns happened")
        until_quiet([monitor], 2)
        self.assertEqual(self.live_sessions(monitor), set(lab.conntrack()))
        # By the events' own times, as reading half a million of them takes this test longer than nfmon.
        recovered = max(event["@timestamp"] for event in monitor.about("session-start", "session-end"))
        self.assertLess(recovered, (calm + datetime.timedelta(seconds=2)).isoformat())
        self.assertEqual(self.lost(monitor, "conntrack"), drops)
        self.assertEqual(self.event_drops(lab, monitor), drops)
        taken = [event["nfmon"]["takes"] for event in monitor.about("shed")]
        self.assertEqual(taken[:2], [["new", "destroy"], ["destroy"]], "what matters least was given up first")
        self.assertEqual(keys & set(monitor.by_key("session-end")), set(), "no long session was reported ended")
        table = lab.conntrack()
        lab.flush()
        ends = self.until(
            lambda: (found := monitor.by_key("session-end")) and keys <= set(found) and found, "the long sessions end"
        )
        for key in keys:
            [end] = ends[key]
            self.assertEqual(end["nfmon"]["end"], "event")
            for side, counters in (("source", table[key].up), ("destination", table[key].down)):
                self.assertEqual((end[side]["packets"], end[side]["bytes"]), counters)
            self.assertGreater(end["source"]["bytes"], 1000 * turns)
        self.assertEqual(monitor.stop(), 0)
        self.assertIn(f"conntrack lost {drops:,} messages (overrun)", monitor.summary)

    def test_packets_that_nflog_lost_and_packets_that_it_showed_are_the_rules_own_count(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        lab.log("count", "-p", "udp")
        monitor = self.closing(lab.events("--nflog-buffer", "4K"))
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.datagrams(20000)
        os.kill(monitor.process.pid, signal.SIGCONT)
        time.sleep(0.5)  # what was held back is on its way
        for _ in range(3):  # a gap in the sequence shows only when a packet comes after it
            lab.datagrams(10)
            time.sleep(0.2)
        monitor.until_quiet()
        lab.flush()
        self.until(lambda: monitor.about("session-end"), "the session ends")
        self.assertEqual(monitor.stop(), 0)
        logged = lab.logged_count("count")
        self.assertEqual(logged, 20030)
        lost = self.lost(monitor, "nflog")
        self.assertGreater(lost, 0)
        [end] = monitor.about("session-end")
        self.assertEqual(end["nfmon"]["nflog"]["packets"] + lost, logged)
        self.assertEqual(end["source"]["packets"], logged, "conntrack's count has no hole")
        self.assertIn(f"nflog lost {lost:,} packets (overrun)", monitor.summary)

    def test_nothing_is_lost_with_the_buffers_that_it_has_by_default(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        lab.log("count", "-p", "udp")
        monitor = self.closing(lab.events())
        os.kill(monitor.process.pid, signal.SIGSTOP)
        lab.datagrams(5000, first_source_port=10000)
        os.kill(monitor.process.pid, signal.SIGCONT)
        self.until(lambda: len(monitor.about("session-start")) == 5000, "all begin")
        monitor.until_quiet()
        lab.flush()
        self.until(lambda: len(monitor.about("session-end")) == 5000, "all end")
        self.assert_ends_well(monitor)
        self.assertEqual(sum(event["nfmon"]["nflog"]["packets"] for event in monitor.about("session-end")), 5000)
