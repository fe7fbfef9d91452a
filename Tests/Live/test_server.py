"""The monitor's socket: who is answered, and who harms nobody."""

import http.client
import json
import os
import random
import re
import resource
import select
import signal
import socket
import subprocess

import session
from case import LiveTest
from nfmon import EVENT_FORMATS, MISUSE, PRIVILEGE, SESSION_FORMATS, UNAVAILABLE, Monitor, finish
from service import Service, nfmon_for_everybody

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")


class Server(LiveTest):
    def service(self, lab, *words, **more):
        return self.closing(Service(lab.namespace, *words, **more)).start()

    def until_known(self, service, count, seconds=20):
        """Waits until so many sessions are known."""
        self.until(
            lambda: service.json("/v1/sessions?limit=0")["summary"]["sessions"] >= count,
            f"{count} sessions are known", seconds)

    def until_begun(self, reader, flows):
        """Waits until the reader was told of the beginnings of these flows."""
        keys = {session.key_of_flow(flow) for flow in flows}
        self.until(lambda: keys <= set(reader.by_key("session-start")), "the sessions' beginnings")

    # ---- The commands -------------------------------------------------------------------------------------------------

    def test_sessions_and_events_are_asked_of_the_monitor(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        near, far, key = lab.connect()
        with near, far:
            for form in SESSION_FORMATS:
                result = service.ask("sessions", "-o", form, "dst port 443")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn("443", result.stdout)
            # What a rule logged before is known at once.
            record = json.loads(service.ask("sessions", "-o", "ndjson", "dst port 443").stdout)
            self.assertEqual(record["observer"]["ingress"]["interface"]["name"], "lan0")
            groups = service.ask("sessions", "--by", "dport", "-o", "csv")
            self.assertEqual(groups.returncode, 0, groups.stderr)
            top = service.ask("sessions", "--top", "1", "-o", "csv")
            self.assertEqual(len(top.stdout.splitlines()), 2)

    def test_the_event_stream_has_every_format_and_ends_where_it_shall(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        lab.drive(udp=3)
        for form in EVENT_FORMATS:
            with self.subTest(form):
                result = service.ask("events", "-o", form, "--count", "2")
                self.assertEqual(result.returncode, 0, result.stderr)
                if form == "json":
                    self.assertEqual(len(json.loads(result.stdout)), 2)
                else:
                    # CSV begins with the columns, compact with the day.
                    self.assertEqual(len(result.stdout.splitlines()), 3 if form in ("csv", "compact") else 2)
        self.assertEqual(service.ask("events", "--for", "200ms", "-o", "json").returncode, 0)
        reader = self.closing(service.events("-o", "json"))
        self.until(lambda: b"session-start" in reader.output, "the sessions that are there")
        self.assertEqual(reader.stop(), 0)
        self.assertTrue(json.loads(reader.output))

    def test_a_reader_that_comes_back_misses_nothing(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        reader = self.closing(service.events("--no-initial"))
        self.until_begun(reader, lab.drive(udp=3))
        last = reader.events()[-1]["event"]["sequence"]
        reader.stop()
        missed = lab.drive(udp=2)
        headers = service.curl("/v1/events?count=1&after=0", "-D", "-", "-o", "/dev/null")
        epoch = re.search(r"nfmon-epoch: ([0-9a-f]+)", headers).group(1)
        again = self.closing(service.events("--after", f"{epoch}:{last}"))
        self.until_begun(again, missed)
        numbers = [event["event"]["sequence"] for event in again.events()]
        self.assertEqual(numbers, list(range(last + 1, last + 1 + len(numbers))))
        again.stop()
        result = service.ask("events", "--after", f"1234abcd:{last}")
        self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
        self.assertIn(epoch, result.stderr)

    def test_runs_that_follow_each_other_miss_nothing(self):
        lab = self.make_lab("new")
        service = self.service(lab)

        def collect(*words):
            """Events of one run, and the place that it told."""
            result = service.ask("events", *words)
            self.assertEqual(result.returncode, 0, result.stderr)
            told = re.search(r"--after ([0-9a-f]{16}:\d+)$", result.stderr, re.MULTILINE)
            self.assertTrue(told, result.stderr)
            return [json.loads(line)["event"]["sequence"] for line in result.stdout.splitlines()], told.group(1)

        lab.drive(udp=1)
        # Heartbeats tell the place where the last line is of a session that was there first, and where there is none.
        place = collect("--for", "3s")[1]
        none, again = collect("--after", place, "--for", "100ms", "src net 203.0.113.0/24")
        self.assertEqual((none, again.split(":")[0]), ([], place.split(":")[0]))
        lab.drive(udp=2)
        first, place = collect("--after", again, "--count", "3")
        lab.drive(udp=2)
        second, _ = collect("--after", place, "--count", "3")
        self.assertEqual(first + second, list(range(int(again.split(":")[1]) + 1, second[-1] + 1)))

    def test_a_monitor_that_hangs_is_not_waited_for(self):
        lab = self.make_lab()
        service = self.service(lab)
        service.monitor.send(signal.SIGSTOP)
        try:
            result = service.ask("sessions")
            self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
            self.assertIn("has said nothing for 10s: ", result.stderr)
        finally:
            service.monitor.send(signal.SIGCONT)
        self.assertEqual(service.ask("status").returncode, 0)

    def test_a_monitor_that_goes_away_is_told_with_the_place_to_go_on(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        reader = self.closing(service.events())
        lab.drive(udp=1)
        self.until(lambda: reader.about("session-start"), "a session began")
        service.monitor.send(signal.SIGTERM)
        self.assertEqual(reader.wait(), UNAVAILABLE)
        self.assertIn("the monitor has ended", reader.talk)
        self.assertRegex(reader.talk, r"--after [0-9a-f]{16}:\d+")
        self.assertEqual(service.monitor.wait(2), 0)
        self.assertFalse(os.path.exists(service.socket))

    def test_a_closed_pipe_ends_the_reader_quietly(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        lab.drive(udp=5)
        result = subprocess.run(
            ["bash", "-c", f"'{os.environ['NFMON']}' events --socket '{service.socket}' | head -n 1; echo ${{PIPESTATUS[0]}}"],
            capture_output=True, text=True, timeout=30, check=True)
        self.assertEqual(result.stdout.splitlines()[-1], "0", result.stderr)

    def test_a_filter_that_cannot_be_read_is_shown_as_ever(self):
        lab = self.make_lab()
        service = self.service(lab)
        result = service.ask("sessions", "--sort", "colour")
        self.assertEqual(result.returncode, MISUSE, result.stderr)

    def test_a_socket_that_is_named_and_does_not_answer_is_an_error(self):
        directory = self.directory()
        for path in directory / "none.sock", directory / "stale.sock":
            if "stale" in path:
                with socket.socket(socket.AF_UNIX) as stale:
                    stale.bind(path)
            for command in "sessions", "events":
                result = finish(command, "--socket", path)
                self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
                self.assertIn("nfmon run", result.stderr)

    def test_without_the_group_it_is_named_with_the_cure(self):
        lab = self.make_lab()
        service = self.service(lab, group="adm")
        nfmon = nfmon_for_everybody(self.directory())
        for command in "sessions", "events":
            result = subprocess.run(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", nfmon, command, "--socket", service.socket],
                capture_output=True, text=True, timeout=20)
            self.assertEqual(result.returncode, PRIVILEGE, result.stderr)
            self.assertIn("it answers root and the group adm", result.stderr)
            self.assertIn("usermod -a -G adm", result.stderr)
        member = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--groups=4", nfmon, "sessions", "--socket", service.socket],
            capture_output=True, text=True, timeout=20)
        self.assertEqual(member.returncode, 0, member.stderr)

    def test_a_second_monitor_is_refused(self):
        lab = self.make_lab()
        service = self.service(lab)
        result = finish("run", "--netns", lab.namespace, "--socket", service.socket, "--user", "root", seconds=20)
        self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
        self.assertIn(f"another monitor has it, process {service.monitor.process.pid}: ", result.stderr)
        self.assertNotIn("reading", result.stderr, "it was refused before it has read anything")
        self.assertEqual(service.ask("sessions").returncode, 0)

    def test_of_monitors_that_start_at_once_one_has_the_socket(self):
        lab = self.make_lab()
        directory = self.directory()
        path = directory / "nfmon.sock"
        words = "run", "--netns", lab.namespace, "--socket", path, "--socket-group", "root", "--user", "root"
        for end in signal.SIGKILL, signal.SIGTERM:
            # The second time beside what the killed one has left.
            monitors = [self.closing(Monitor(*words)) for _ in range(6)]
            self.until(lambda: sum(one.has_ended for one in monitors) == 5, "all but one have ended", 20)
            [first] = [one for one in monitors if not one.has_ended]
            for one in monitors:
                if one is not first:
                    self.assertEqual(one.wait(), UNAVAILABLE, one.talk)
                    self.assertIn(f"another monitor has it, process {first.process.pid}: ", one.talk)
            self.until(lambda: finish("status", "--socket", path).returncode == 0, "it answers")
            first.stop(end)
        self.assertEqual(os.listdir(directory.path), [])

    def test_what_keeps_a_monitor_from_its_socket_is_named(self):
        lab = self.make_lab()
        directory = self.directory()
        os.chmod(directory.path, 0o755)
        words = "run", "--netns", lab.namespace, "--socket", directory / "nfmon.sock", "--socket-group", "root"
        result = finish(*words, "--user", "nobody")
        self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
        self.assertIn(f"permission denied: the directory must belong to the user that nfmon runs as (chown nobody {directory.path})",
                      result.stderr)
        with open(directory / "nfmon.sock.lock", "w", encoding="ascii") as file:
            file.write("somebody's own")
        result = finish(*words, "--user", "root")
        self.assertEqual(result.returncode, UNAVAILABLE, result.stderr)
        self.assertIn("the file is something else: choose another path", result.stderr)
        self.assertEqual(os.listdir(directory.path), ["nfmon.sock.lock"])

    # ---- curl, as the README has it -----------------------------------------------------------------------------------

    def test_the_readmes_examples_work_as_printed(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        for _ in range(3):
            for end in lab.connect()[:2]:
                self.closing(end)
        with open(README, encoding="utf-8") as readme:
            examples = [line.strip() for line in readme if line.lstrip().startswith("curl ") and "--unix-socket" in line]
        self.assertGreaterEqual(len(examples), 5)
        for example in examples:
            with self.subTest(example):
                result = subprocess.run(
                    ["bash", "-o", "pipefail", "-c", example.replace("/run/nfmon/nfmon.sock", service.socket)],
                    capture_output=True, text=True, timeout=30)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertTrue(result.stdout)
                self.assertNotIn('"type":"about:blank"', result.stdout)

    # ---- Hostile and slow clients -------------------------------------------------------------------------------------

    def test_ten_thousand_connections_keep_nobody_out(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        lab = self.make_lab("new")
        service = self.service(lab)
        reader = self.closing(service.events("--no-initial"))
        connections = []
        self.addCleanup(lambda: [connection.close() for connection in connections])
        pieces = (
            b"", b"GET /v1/sessions HTTP/1.1\r\n", b"G", b"GET / HTTP/1.1\r\nx: " + b"y" * 5000,
            b"\x16\x03\x01\x02\x00\x01\x00", b"GET /v1/sessions HTTP/1.1\r\nhost: t\r\ncontent-length: 99\r\n\r\n")
        for number in range(10_000):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(10)
            connections.append(connection)
            try:
                connection.connect(service.socket)
                connection.sendall(pieces[number % len(pieces)])
            except OSError:
                pass
            if number % 1000 == 0:
                self.assertEqual(service.ask("sessions", "-n", "1").returncode, 0)
        self.assertEqual(service.ask("sessions", "-n", "1").returncode, 0)
        self.until_begun(reader, lab.drive(udp=20))
        self.assertFalse(reader.about("loss"))
        self.assertFalse(service.monitor.has_ended)

    def test_few_descriptors_are_few_connections_and_keep_nobody_out(self):
        lab = self.make_lab()
        service = self.closing(Service(lab.namespace, before=("prlimit", "--nofile=100:100")))
        service.start()
        self.assertIn("no more than 36 connections at a time", service.monitor.talk)
        connections = []
        self.addCleanup(lambda: [connection.close() for connection in connections])
        for _ in range(200):
            connections.append(service.connect())
        self.assertEqual(service.ask("sessions", "-n", "1").returncode, 0)

    def test_headers_without_end_and_requests_behind_each_other_harm_nobody(self):
        lab = self.make_lab()
        service = self.service(lab)
        endless = service.connect()
        with endless:
            sent = 0
            try:
                endless.sendall(b"GET /v1/sessions HTTP/1.1\r\n")
                while sent < 100 << 20:
                    endless.sendall(b"x: y\r\n" * 1000)
                    sent += 6000
            except OSError:
                pass
            self.assertLess(sent, 10 << 20)
        pipelined = service.connect()
        with pipelined:
            # It takes no answer: then no more requests are taken, either.
            pipelined.settimeout(1)
            try:
                for _ in range(2000):
                    pipelined.sendall(b"GET /v1/sessions?limit=1 HTTP/1.1\r\nhost: t\r\n\r\n" * 10)
            except OSError:
                pass
            self.assertEqual(service.ask("sessions", "-n", "1").returncode, 0)
        filters = "(" * 3000, "iif = a or " * 300 + "iif = b", "x" * 3000, "not " * 900 + "denied"
        for text in filters:
            self.assertIn(finish("sessions", "--socket", service.socket, text).returncode, (0, MISUSE))
        generator = random.Random(5)
        for _ in range(300):
            with service.connect() as noise:
                try:
                    noise.sendall(generator.randbytes(generator.randrange(2000)))
                except OSError:
                    pass
        self.assertEqual(service.ask("sessions", "-n", "1").returncode, 0)

    def test_a_reader_that_stops_is_told_how_much_it_missed(self):
        lab = self.make_lab()
        service = self.service(lab, "--events-history", "1M")
        healthy = self.closing(service.events("--no-initial"))
        with service.connect() as stopped:
            stopped.sendall(b"GET /v1/events HTTP/1.1\r\nhost: t\r\n\r\n")
            count = 20_000
            lab.fill(count, 1, 600)
            self.until(lambda: len(healthy.about("session-start")) == count, "the healthy one has all", 60)
            numbers = [event["event"]["sequence"] for event in healthy.events()]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))))
            answer = self.closing(http.client.HTTPResponse(stopped))
            answer.begin()
            lines = []
            while not lines or lines[-1].get("event", {}).get("sequence", 0) < numbers[-1]:
                lines.append(json.loads(answer.readline()))
            losses = [line for line in lines if line["event"]["action"] == "loss"]
            self.assertEqual([loss["nfmon"]["source"] for loss in losses], ["output"] * len(losses))
            self.assertTrue(losses)
            told = [line for line in lines if line["event"]["action"] != "loss"]
            self.assertEqual(len(told) + sum(loss["nfmon"]["lost"] for loss in losses), len(numbers))

    def test_readers_that_take_nothing_give_way_to_one_that_waits(self):
        lab = self.make_lab()
        service = self.service(lab)
        lab.fill(20_000, 1, 600)
        self.until_known(service, 20_000)
        silent = [service.connect() for _ in range(8)]
        for connection in silent:
            self.addCleanup(connection.close)
            connection.sendall(b"GET /v1/events?initial=true HTTP/1.1\r\nhost: t\r\n\r\n")
            connection.recv(1)
        hasty = service.ask("events", "--for", "100ms")
        self.assertEqual((hasty.returncode, hasty.stdout), (UNAVAILABLE, ""), "no events are not what it has heard")
        reader = self.closing(Monitor("events", "--socket", service.socket, "--count", "20000"))
        reader.until_said("nfmon asks by itself, for a minute at most")
        self.assertEqual(reader.wait(30), 0, reader.talk)
        self.assertEqual(reader.talk.count("by itself"), 1, "it is said once")
        self.assertEqual(len({event["nfmon"]["session"] for event in reader.about("session-start")}), 20_000)
        # One of them gave way, and is told when it reads again; who asks in its turn gets its answer whole.
        ends = []
        for connection in silent:
            text = b""
            while not text.endswith(b"\r\n\r\n") and text.count(b"session-start") < 20_000:
                text += connection.recv(1 << 20)
            ends += re.findall(rb'"action":"loss".*\s+0\s+nfmon-end: .*another reader is told', text)
        self.assertEqual(len(ends), 1)

    def test_who_does_not_take_his_answer_is_closed(self):
        lab = self.make_lab()
        service = self.service(lab, "--limits-idle", "1s", "--limits-stall", "1s")
        lab.fill(20_000, 1, 600)
        self.until_known(service, 20_000)

        def is_closed(connection):
            """Whether the monitor has closed it, also while there is something to read."""
            poll = select.poll()
            poll.register(connection, 0)
            return any(event & select.POLLHUP for _, event in poll.poll(0))

        whole, stream = service.connect(), service.connect()
        with whole, stream:
            whole.sendall(b"GET /v1/sessions HTTP/1.1\r\nhost: t\r\n\r\n")
            stream.sendall(b"GET /v1/events?initial=true HTTP/1.1\r\nhost: t\r\n\r\n")
            self.until(lambda: is_closed(whole) and is_closed(stream), "both are closed")
            for connection in whole, stream:
                text = b""
                try:
                    while piece := connection.recv(1 << 20):
                        text += piece
                except ConnectionResetError:
                    pass
                self.assertIn(b"HTTP/1.1 200 OK", text)
                self.assertLess(len(text), 8 << 20)

    def test_over_tcp_only_addresses_are_asked_and_no_page_of_another_site_asks(self):
        lab = self.make_lab()
        self.closing(Service(lab.namespace, "--listen", "127.0.0.1:9465", lives_there=True)).start()

        def status(*words, host="127.0.0.1:9465"):
            return lab.inside(
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"host: {host}", *words,
                "http://127.0.0.1:9465/v1/sessions?limit=1").stdout

        self.assertEqual(status(), "200")
        self.assertEqual(status(host="localhost:9465"), "200")
        self.assertEqual(status(host="monitor.example:9465"), "403")
        self.assertEqual(status("-H", "origin: http://site.example"), "403")
