"""The monitor that goes on: sources that fail and come back, restarts, its configuration, the service manager."""

import contextlib
import datetime
import itertools
import json
import os
import signal
import socket
import subprocess
import time

import cleanup
import session
from case import LiveTest
from halt import Halt
from lab import PREFIX
from nfmon import NFMON, UNAVAILABLE, Monitor, finish
from processes import Program, run
from service import Service, Speaker

CONFIGURATION = 78
_numbers = itertools.count(1)


def moment(row):
    return datetime.datetime.fromisoformat(row["event"]["start"])


class Namespace:
    """A network namespace with nothing but a name, which may go and come back."""

    def __init__(self):
        self.name = f"{PREFIX}-monitor-{next(_numbers)}"
        cleanup.register(self)
        self.add()

    def add(self):
        run("ip", "netns", "add", self.name)

    def delete(self):
        run("ip", "netns", "del", self.name)

    def insert(self, port):
        """A session that stays, by conntrack(8)."""
        run(
            "ip", "netns", "exec", self.name, "conntrack", "-I", "-p", "udp", "-s", "10.0.0.7", "-d", "198.51.100.9",
            "--sport", str(port), "--dport", "53", "-t", "600")

    def close(self):
        cleanup.forget(self)
        run("ip", "netns", "del", self.name, check=False)


class MonitorTest(LiveTest):
    def service(self, namespace, *words, **more):
        return self.closing(Service(namespace, *words, **more)).start()

    def sources(self, service):
        """What status says of each source, and whether its exit status says the same."""
        result = service.ask("status", "-o", "json")
        sources = {source["name"]: source for source in json.loads(result.stdout)["sources"]}
        is_down = any(source["state"] == "down" for source in sources.values())
        self.assertEqual(result.returncode, 1 if is_down else 0, result.stderr)
        return sources

    def states(self, service):
        return {name: source["state"] for name, source in self.sources(service).items()}

    def until_up(self, service, *names, seconds=40):
        """Waits until these sources, or all, are up: a pause between two tries is at most half a minute."""
        def are_up():
            states = self.states(service)
            return all(states[name] == "up" for name in names or states)

        self.until(are_up, "the sources are up", seconds)

    def ports(self, service):
        """The source ports of the sessions that it knows."""
        rows = service.json("/v1/sessions?format=json")["sessions"]
        return {row["source"].get("port") for row in rows}


class Sources(MonitorTest):
    def test_a_group_that_another_process_has_is_down_and_the_others_go_on(self):
        lab = self.make_lab("new")
        lab.log("second", "-p", "udp", group=101)
        owner = self.closing(lab.events("--no-conntrack", "--group", "100"))
        service = self.service(lab.namespace, "--group", "100", "--group", "101")
        self.until_up(service, "links", "NFLOG group 101", "conntrack")
        taken = self.sources(service)["NFLOG group 100"]
        self.assertEqual(taken["state"], "down")
        self.assertIn(f"already taken by process {owner.process.pid}", taken["reason"])
        self.assertIn("retry", taken)
        lab.drive(udp=1)
        [record] = self.until(
            lambda: [row for row in service.json("/v1/sessions?filter=proto+udp")["sessions"] if "rule" in row],
            "the second group's rule")
        self.assertEqual(record["rule"]["name"], "second")
        summary = service.json("/v1/sessions?limit=0")["summary"]
        self.assertEqual((summary["complete"], summary["down"]), (False, ["NFLOG group 100"]))
        self.assertIn("not read now: NFLOG group 100", service.ask("sessions", "-o", "csv").stderr)
        owner.stop()
        self.until_up(service)
        status = json.loads(service.ask("status", "-o", "json").stdout)
        self.assertEqual(status["sources"][1]["restarts"], 0, "it had never read before")
        self.assertEqual(status["uncounted_losses"], 1, "what was logged meanwhile nobody knows")
        self.assertRegex(service.monitor.talk, "reading NFLOG group 100, after [0-9]", "not again: it had never read before")
        self.assertNotIn("down", status)

    def test_a_namespace_that_goes_is_told_and_one_that_comes_back_is_read(self):
        namespace = self.closing(Namespace())
        service = self.service(namespace.name)
        self.until_up(service)
        namespace.insert(1001)
        self.until(lambda: 1001 in self.ports(service), "the session is known")
        stream = self.closing(service.events())
        namespace.delete()
        self.until(lambda: set(self.states(service).values()) == {"down"}, "all sources are down")
        for source in self.sources(service).values():
            self.assertIn(f"network namespace {namespace.name}", source["reason"])
        self.assertIn("conntrack", service.json("/v1/sessions?limit=0")["summary"]["down"])
        namespace.add()
        self.until_up(service)
        self.assertEqual({source["restarts"] for source in self.sources(service).values()}, {1})
        namespace.insert(1002)
        self.until(lambda: 1002 in self.ports(service), "the new namespace's session is known")
        self.until(lambda: 1001 not in self.ports(service), "the old one's has ended", 20)
        # One outage is one loss of each source, and no overrun.
        self.assertEqual(service.json("/v1/status")["uncounted_losses"], 2)
        self.assertEqual(sorted(
            (event["nfmon"]["source"], event["nfmon"]["cause"]) for event in stream.about("loss")),
            [("conntrack", "down"), ("nflog", "down")])
        self.assertEqual({event["nfmon"]["cause"] for event in stream.about("resync")}, {"restart"})
        warnings = [line for line in service.monitor.talk.splitlines() if "not reading" in line]
        self.assertEqual(len(warnings), 3, "one for each source")

    def test_a_namespace_that_goes_is_let_go_with_its_interfaces(self):
        namespace, other = self.closing(Namespace()), self.closing(Namespace())
        run("ip", "-n", other.name, "link", "add", "near", "type", "veth", "peer", "far", "netns", namespace.name)
        service = self.service(namespace.name)
        self.until_up(service)
        namespace.delete()
        # The kernel takes a pair away with the namespace of either end, once nobody holds that any more.
        self.until(
            lambda: run("ip", "-n", other.name, "link", "show", "near", check=False).returncode != 0,
            "the namespace is really gone")
        self.assertEqual(set(self.states(service).values()), {"down"})

    def test_a_namespace_that_takes_anothers_name_is_noticed(self):
        namespace = self.closing(Namespace())
        service = self.service(namespace.name)
        self.until_up(service)
        namespace.delete()
        namespace.add()
        self.until(
            lambda: all(source["restarts"] == 1 for source in self.sources(service).values()), "they are opened again")
        namespace.insert(1003)
        self.until(lambda: 1003 in self.ports(service), "the new namespace's session is known")

    def test_a_monitor_may_be_there_before_its_namespace(self):
        namespace = self.closing(Namespace())
        namespace.delete()
        service = self.service(namespace.name)
        service.monitor.until_said("not reading conntrack")
        self.assertEqual(set(self.states(service).values()), {"down"})
        self.assertNotIn("sysctl", service.monitor.talk, "nothing is known of a namespace that is not there")
        namespace.add()
        self.until_up(service)

    def test_an_interface_that_goes_takes_no_source_down_and_no_session_its_name(self):
        lab = self.make_lab("new")
        service = self.service(lab.namespace)
        self.until_up(service)
        lab.drive(udp=1)

        def interfaces():
            rows = service.json("/v1/sessions?filter=proto+udp")["sessions"]
            return {session.interfaces(row) for row in rows}

        self.until(lambda: interfaces() == {("lan0", "wan0")}, "the sessions' interfaces")
        lab.inside("ip", "link", "del", "lan0")
        lab.inside("ip", "link", "set", "wan0", "down")
        lab.inside("ip", "link", "set", "wan0", "name", "wan9")
        self.until(lambda: interfaces() == {("lan0", "wan9")}, "one is gone, one has another name")
        self.assertEqual(set(self.states(service).values()), {"up"})


class Restart(MonitorTest):
    def test_sessions_that_the_kernel_still_has_keep_who_they_are(self):
        lab = self.make_lab("new")
        lab.sysctl(nf_conntrack_acct=1, nf_conntrack_timestamp=1)
        service = self.service(lab.namespace)
        self.until_up(service)
        near, far, key = lab.connect()
        with near, far:
            lab.fill(50, 1, 600)

            def rows():
                rows = service.json("/v1/sessions?format=json")["sessions"]
                return {row["nfmon"]["session"]: row for row in rows}

            self.until(lambda: len(rows()) == 51, "they are known")
            before, epoch = rows(), service.json("/v1/status")["events"]["epoch"]
            self.until(lambda: any("rule" in row for row in rows().values()), "the rule is known")
            self.assertEqual(service.monitor.stop(signal.SIGTERM, 2), 0, service.monitor.talk)
            service.start()
            self.until(lambda: len(rows()) == 51, "they are known again")
            after = rows()
            self.assertEqual(set(after), set(before), "the same identities")
            for name, row in after.items():
                # The first word of a session has the time of its event, a dump that of the entry.
                self.assertLess(abs(moment(row) - moment(before[name])), datetime.timedelta(seconds=0.1))
            # What only packets told is not known any more, and nothing else is said in its place.
            [connection] = [row for row in after.values() if session.key_of(row) == key]
            self.assertNotIn("rule", connection)
            self.assertEqual(session.interfaces(connection), (None, None))
            self.assertEqual(connection["nfmon"]["lanes"], ["conntrack"])
            self.assert_stream_is_new(service, epoch, set(before))

    def assert_stream_is_new(self, service, old, sessions):
        """The stream tells each session's beginning, no end, and refuses the old one's numbers."""
        lines = service.curl("/v1/events?initial=true&count=51").splitlines()
        events = session.parse_events(lines)
        starts = session.about(events, "session-start")
        self.assertEqual({event["nfmon"]["session"] for event in starts}, sessions)
        self.assertTrue(all(event["nfmon"]["initial"] for event in starts))
        self.assertEqual(session.about(events, "session-end"), [])
        told = session.parse_events(service.curl("/v1/events?after=0&count=51").splitlines())
        self.assertEqual(session.about(told, "session-end"), [])
        refusal = service.connect()
        with refusal, refusal.makefile("rb") as answer:
            refusal.sendall(
                f"GET /v1/events?after=1&epoch={old} HTTP/1.1\r\nhost: nfmon\r\nconnection: close\r\n\r\n".encode())
            self.assertIn(b" 410 ", answer.readline())


class Counters(MonitorTest):
    def test_what_somebody_zeroes_has_passed_all_the_same(self):
        lab = self.make_lab()
        lab.sysctl(nf_conntrack_acct=1)
        service = self.service(lab.namespace, "--no-nflog", "--totals-interval", "100ms")
        self.until_up(service, "conntrack")
        near, far, key = lab.connect()
        with near, far:

            def row():
                rows = service.json("/v1/sessions?format=json")["sessions"]
                return next((row for row in rows if session.key_of(row) == key), None)

            def until_sent(count):
                """Sends 10,000 bytes and waits until so many more are known."""
                near.sendall(b"x" * 10_000)
                return self.until(lambda: (known := row())["network"].get("bytes", 0) > count and known, "they are known")

            self.until(row, "the session is known")
            before = until_sent(10_000)
            self.assertTrue(before["nfmon"]["exact"])
            lab.inside("conntrack", "-L", "-z")
            self.until(lambda: not row()["nfmon"]["exact"], "it is a lower bound")
            self.assertGreaterEqual(row()["network"]["bytes"], before["network"]["bytes"])
            after = until_sent(before["network"]["bytes"] + 10_000)
            self.assertFalse(after["nfmon"]["exact"])


class Command(MonitorTest):
    def test_status_without_a_monitor_says_how_to_get_one(self):
        missing = self.directory() / "nfmon.sock"
        result = finish("status", "--socket", missing)
        self.assertEqual(result.returncode, UNAVAILABLE)
        self.assertIn(f"ask the monitor on {missing}", result.stderr)
        self.assertIn("nfmon run", result.stderr)

    def test_it_ends_within_a_second_and_takes_its_socket_with_it(self):
        lab = self.make_lab("new")
        for number in signal.SIGTERM, signal.SIGINT:
            service = self.service(lab.namespace)
            reader = self.closing(service.events())
            begin = time.monotonic()
            self.assertEqual(service.monitor.stop(number, 5), 0, service.monitor.talk)
            print(f"\n  ended {1000 * (time.monotonic() - begin):.0f} ms after {number.name}", flush=True)
            self.assertFalse(os.path.exists(service.socket))
            self.assertIn("ended", service.monitor.talk)
            reader.wait()

    def test_it_ends_within_a_second_though_nobody_reads_its_log(self):
        lab = self.make_lab()
        directory = self.directory()
        os.mkfifo(directory / "log")
        log = os.open(directory / "log", os.O_RDWR)
        self.addCleanup(os.close, log)
        os.set_blocking(log, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(log, b"x" * 512)
        os.set_blocking(log, True)
        socket_path = directory / "nfmon.sock"
        with subprocess.Popen(
            [NFMON, "run", "--netns", lab.namespace, "--socket", socket_path, "--socket-group", "root", "--user", "root"],
            stdin=subprocess.DEVNULL, stderr=log,
        ) as monitor:
            self.addCleanup(monitor.kill)
            self.until(lambda: finish("status", "--socket", socket_path).returncode == 0, "it reads")
            monitor.send_signal(signal.SIGHUP)
            monitor.send_signal(signal.SIGTERM)
            self.assertEqual(monitor.wait(2), 0)
        self.assertFalse(os.path.exists(socket_path))

    def test_it_ends_within_a_second_though_connections_hang_on_all_its_addresses(self):
        lab = self.make_lab()
        service = self.service(lab.namespace, "--listen", "127.0.0.1:9465", lives_there=True)
        lab.fill(20_000, 1, 600)
        self.until(
            lambda: service.json("/v1/sessions?limit=0")["summary"]["sessions"] >= 20_000, "the sessions are known", 20)
        # By TCP, the test speaks through programs that live there.
        pipes = [
            self.closing(Program(
                ["ip", "netns", "exec", lab.namespace, "bash", "-c",
                 "exec 9<>/dev/tcp/127.0.0.1/9465; printf \"$0\" >&9; read -rn 1 -u 9; echo; sleep 60", words]))
            for words in (
                r"GET /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
                r"GET /v1/sessions HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")]
        for words in (
            b"", b"GET /v1/ev", b"GET /v1/events HTTP/1.1\r\nhost: t\r\n\r\n",
            b"GET /v1/events?initial=true HTTP/1.1\r\nhost: t\r\n\r\n", b"GET /v1/sessions HTTP/1.1\r\nhost: t\r\n\r\n",
        ) * 4:
            connection = self.closing(service.connect())
            connection.sendall(words)
            if words.endswith(b"\r\n\r\n"):
                connection.recv(1)
        self.until(lambda: all(pipe.output for pipe in pipes), "they are being answered")
        begin = time.monotonic()
        self.assertEqual(service.monitor.stop(signal.SIGTERM, 5), 0, service.monitor.talk)
        self.assertLess(time.monotonic() - begin, 2)
        self.assertFalse(os.path.exists(service.socket))

    def test_status_calls_nobody_well_who_does_not_say_so(self):
        path = self.directory() / "other.sock"
        head = b"HTTP/1.1 200 OK\r\nserver: nfmon/0\r\ncontent-length: 0\r\nconnection: close\r\n"
        for field, status in (b"", UNAVAILABLE), (b"nfmon-sources: up\r\n", 0), (b"nfmon-sources: down\r\n", 1):
            speaker = Speaker(path, head + field + b"\r\n")
            result = finish("status", "--socket", path)
            speaker.close()
            os.unlink(path)
            self.assertEqual(result.returncode, status, result.stderr)
            self.assertEqual("of another version" in result.stderr, status == UNAVAILABLE)

    def test_a_reload_that_comes_too_early_waits(self):
        lab = self.make_lab()
        service = self.closing(Service(lab.namespace))
        service.monitor = Monitor(*service._words)

        def catches():
            return int(service.monitor.status("SigCgt"), 16) >> (signal.SIGHUP - 1) & 1

        self.until(catches, "it knows the signal")
        service.monitor.send(signal.SIGHUP)
        service.monitor.until_said("the configuration was read again")
        self.until_up(service)

    def test_a_socket_that_somebody_removes_is_missed(self):
        lab = self.make_lab()
        service = self.service(lab.namespace)
        self.until(lambda: os.stat(service.socket).st_mode & 0o777 == 0o660, "it is open to its group")
        os.unlink(service.socket)
        service.monitor.until_said(f"the socket {service.socket} is gone")

    def test_an_address_that_others_reach_is_warned_of(self):
        lab = self.make_lab()
        service = self.service(lab.namespace, "--listen", "0.0.0.0:9465", lives_there=True)
        service.monitor.until_said("0.0.0.0:9465 can be reached from other hosts")

    def test_packets_that_the_kernel_still_gathers_at_a_reload_are_read(self):
        lab = self.make_lab()
        # Unlike those of the profiles, it does not ask for each packet to be sent at once.
        lab.log("new", "-p", "udp")
        path = self.directory() / "nfmon.yaml"
        text = "sources:\n  nflog-buffer: {}M\n"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.format(1))
        service = self.service(lab.namespace, "--config", path)
        self.until_up(service)
        for number in range(2, 6):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.format(number))
            lab.datagrams(50, first_source_port=1000 * number)
            service.monitor.send(signal.SIGHUP)
            self.until(lambda count=number - 1: service.monitor.talk.count("read again") == count, "it has reloaded")
            self.until_up(service)
        self.until(
            lambda: len(service.json("/v1/sessions?format=json&limit=1000&filter=rule=new")["sessions"]) == 200,
            "all packets are read")

    def test_a_configuration_is_read_again(self):
        lab = self.make_lab()
        path = self.directory() / "nfmon.yaml"

        def configure(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

        configure("sources:\n  groups: [100]\n")
        service = self.service(lab.namespace, "--config", path)
        self.until_up(service)
        configure("sources:\n  groups: [100, 7]\ntable:\n  sessions: 5000\nlog:\n  level: debug\n")
        service.monitor.send(signal.SIGHUP)
        self.until(lambda: "NFLOG group 7" in self.states(service), "the other group is read")
        self.until_up(service)
        self.assertIn("table.sessions changes with the next start only", service.monitor.talk)
        self.assertEqual(service.json("/v1/status")["table"]["limit"], 4_194_304)
        configure("sources:\n  group: [100]\n")
        service.monitor.send(signal.SIGHUP)
        service.monitor.until_said("the configuration is not taken over")
        self.assertIn(f"{path}:2:3", service.monitor.talk)
        self.assertEqual(set(self.states(service)), {"links", "NFLOG group 100", "NFLOG group 7", "conntrack"})
        self.until(lambda: service.metric("nfmon_dump_cpu_seconds_total") > 0, "a dump's processor time is told")
        spent = service.metric("nfmon_dump_cpu_seconds_total")
        configure("sources:\n  groups: [7]\n  conntrack-buffer: 4M\n")
        service.monitor.send(signal.SIGHUP)
        self.until(lambda: "NFLOG group 100" not in self.states(service), "the group is given back")
        self.until_up(service)
        self.assertEqual(self.sources(service)["conntrack"]["restarts"], 0, "opened anew, with its buffer, and not failed")
        self.assertGreaterEqual(service.metric("nfmon_dump_cpu_seconds_total"), spent, "a counter never falls")

    def test_other_settings_of_conntrack_lose_nothing_unsaid(self):
        lab = self.make_lab()
        path = self.directory() / "nfmon.yaml"

        def configure(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"sources:\n  nflog: no\n{text}")

        configure("totals:\n  interval: 1h\n")
        service = self.service(lab.namespace, "--config", path)
        self.until_up(service, "conntrack")
        stream = self.closing(service.events())
        # How often it is dumped changes while it is read.
        configure("totals:\n  interval: 100ms\n")
        service.monitor.send(signal.SIGHUP)
        self.until(
            lambda: "nfmon_dump_interval_seconds" in service.curl("/metrics")
            and service.metric("nfmon_dump_interval_seconds") < 5, "dumps come often")
        self.assertNotIn("reading conntrack again", service.monitor.talk)
        self.assertTrue(service.json("/v1/sessions?limit=0")["summary"]["complete"])
        # With another buffer it is opened anew: what passes meanwhile is missed, for so long, and that is said.
        configure("  conntrack-buffer: 4M\n")
        service.monitor.send(signal.SIGHUP)
        service.monitor.until_said("reading conntrack again")
        [loss] = self.until(lambda: stream.about("loss"), "the loss is told")
        self.assertEqual(
            (loss["nfmon"]["source"], loss["nfmon"]["cause"], loss["nfmon"].get("lost")), ("conntrack", "down", None))
        begin, end = (datetime.datetime.fromisoformat(loss["event"][name]) for name in ("start", "end"))
        self.assertLess(end - begin, datetime.timedelta(seconds=5))
        print(f"\n  opened anew in {1000 * (end - begin).total_seconds():.1f} ms", flush=True)
        resyncs = self.until(lambda: stream.about("resync"), "what was missed is made good")
        self.assertEqual({resync["nfmon"]["cause"] for resync in resyncs}, {"restart"})
        self.assertEqual(self.sources(service)["conntrack"]["restarts"], 0)
        self.assertEqual(service.json("/v1/status")["uncounted_losses"], 1)

    def test_a_configuration_can_be_checked(self):
        path = self.directory() / "nfmon.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write("log:\n  level: loud\n")
        result = finish("run", "--config", path, "--check")
        self.assertEqual(result.returncode, CONFIGURATION)
        self.assertIn(f"{path}:2:", result.stderr)
        result = finish("run", "--config", path, "--check", "--log-level", "debug")
        self.assertEqual(result.returncode, CONFIGURATION)
        with open(path, "w", encoding="utf-8") as file:
            file.write("log:\n  level: debug\n")
        result = finish("run", "--config", path, "--check")
        self.assertEqual((result.returncode, "good" in result.stderr), (0, True), result.stderr)

    def test_the_log_can_be_read_by_programs(self):
        lab = self.make_lab()
        service = self.service(lab.namespace, "--log-format", "json")
        self.until_up(service)
        service.monitor.stop()
        lines = [json.loads(line) for line in service.monitor.talk.splitlines()]
        self.assertIn("reading conntrack", [line["message"] for line in lines])
        self.assertTrue(all({"@timestamp", "log", "message"} <= set(line) for line in lines))


class ServiceManager(MonitorTest):
    """What systemd is told by Type=notify; the test is the manager."""

    @contextlib.contextmanager
    def manager(self, address):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(address)
            manager.settimeout(10)
            yield manager

    def until_told(self, manager, line):
        """Waits for a message with that line; all lines that came."""
        lines = []
        while line not in lines:
            lines += manager.recv(65536).decode().split("\n")
        return lines

    def assert_is_told(self, address, name):
        lab = self.make_lab()
        environment = {**os.environ, "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "400000"}
        with self.manager(address) as manager:
            service = self.closing(Service(lab.namespace, env=environment))
            service.monitor = Monitor(*service._words, env=environment)
            self.until_told(manager, "READY=1")
            service.connect().close()
            for _ in range(3):
                self.until_told(manager, "WATCHDOG=1")
            service.monitor.send(signal.SIGHUP)
            lines = self.until_told(manager, "RELOADING=1")
            lines += self.until_told(manager, "READY=1")
            [time_told] = [line for line in lines if line.startswith("MONOTONIC_USEC=")]
            self.assertLess(abs(time.monotonic() - int(time_told.split("=")[1]) / 1e6), 60)
            service.monitor.send(signal.SIGTERM)
            self.until_told(manager, "STOPPING=1")
            self.assertEqual(service.monitor.wait(5), 0)

    def test_a_monitor_of_which_a_part_stands_still_gives_no_sign_of_life(self):
        lab = self.make_lab()
        path = self.directory() / "notify"
        environment = {**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"}
        with self.manager(path) as manager:
            service = self.closing(Service(lab.namespace, env=environment)).start()
            self.until_told(manager, "READY=1")
            self.until_told(manager, "WATCHDOG=1")
            parts = {
                "nf-links": "the reader of links", "nf-nflog": "the reader of NFLOG group 100",
                "nf-sources": "the supervisor of the sources", "nf-stream": "the stream of events",
                "NIO-ELT-*-#1": "of the server"}
            with contextlib.ExitStack() as halted:
                for thread in parts:
                    halted.enter_context(Halt(service.monitor.process.pid, thread))
                for part in parts.values():
                    service.monitor.until_said(f"{part} stands still: no sign of life goes to the service manager")
                self.assert_silence(manager)
            self.until_told(manager, "WATCHDOG=1")
            for part in parts.values():
                service.monitor.until_said(f"{part} goes on")
            # Whoever is halted in the midst of a batch halts all who look at the table.
            with Halt(service.monitor.process.pid, "nf-conntrack"):
                service.monitor.until_said("the reader of conntrack stands still")
                self.assert_silence(manager)
            self.until_told(manager, "WATCHDOG=1")

    def assert_silence(self, manager):
        """No sign of life comes, for twice the time within which the manager wants one."""
        manager.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                manager.recv(65536)
        manager.settimeout(0.8)
        with self.assertRaises(TimeoutError):
            while "WATCHDOG=1" not in manager.recv(65536).decode().split("\n"):
                pass
        manager.settimeout(10)

    def test_by_a_path(self):
        path = self.directory() / "notify"
        self.assert_is_told(path, path)

    def test_by_an_abstract_name(self):
        name = f"{PREFIX}-notify"
        self.assert_is_told("\0" + name, "@" + name)

    def test_the_state_names_what_is_down(self):
        lab = self.make_lab()
        owner = self.closing(lab.events("--no-conntrack"))
        path = self.directory() / "notify"
        environment = {**os.environ, "NOTIFY_SOCKET": path}
        with self.manager(path) as manager:
            service = self.closing(Service(lab.namespace, env=environment)).start()
            self.until_told(manager, "READY=1")
            self.until_told(manager, "STATUS=0 sessions; reading links, conntrack; down: NFLOG group 100")
            owner.stop()
            self.until_told(manager, "STATUS=0 sessions; reading links, NFLOG group 100, conntrack")
