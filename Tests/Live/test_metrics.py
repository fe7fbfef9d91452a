"""What the monitor's metrics say, held against the kernel's own counts, promtool and Prometheus."""

import json
import os
import re
import subprocess
import urllib.parse

import session
from case import LiveTest
from processes import Program, run
from service import Service

LISTEN = "127.0.0.1:9465"
SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Samples(dict):
    """Metrics by name and labels."""

    def __init__(self, text):
        super().__init__()
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            name, labels, value = SAMPLE.fullmatch(line).groups()
            self[name, tuple(sorted(LABEL.findall(labels or "")))] = float(value)

    def sum(self, name, **labels):
        """All of a name with these labels; `None` where there is none."""
        found = [value for (other, own), value in self.items() if other == name and labels.items() <= dict(own).items()]
        return sum(found) if found else None


class Metrics(LiveTest):
    def service(self, lab, *words):
        """In the namespace as a whole: there its port is nobody else's."""
        inside = ("ip", "netns", "exec", lab.namespace)
        return self.closing(Service(lab.namespace, "--listen", LISTEN, *words, before=inside)).start()

    def samples(self, service):
        return Samples(service.curl("/metrics"))

    def until_samples(self, service, condition, what, seconds=15):
        """The metrics, once they are so."""

        def samples():
            samples = self.samples(service)
            return samples if condition(samples) else None

        return self.until(samples, what, seconds)

    def test_promtool_has_nothing_to_say_and_both_texts_are_served(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        lab.drive(tcp=2, udp=2, denied=1, ping=1)
        lab.log('a"\\{b}="1",')
        lab.log("\x1b[2J\udcff")
        lab.drive(udp=1)
        self.until_samples(service, lambda found: (found.sum("nfmon_logged_packets_total") or 0) > 5, "they are logged")
        text = service.curl("/metrics", "-D", service.socket + ".headers")
        with open(service.socket + ".headers", encoding="ascii") as headers:
            self.assertRegex(headers.read().lower(), r"content-type: text/plain; version=0\.0\.4")
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))
        modern = service.curl("/metrics", "-H", "Accept: application/openmetrics-text; version=1.0.0")
        self.assertTrue(modern.endswith("\n# EOF\n"))
        self.assertNotIn("\x1b", modern)

    def test_counts_are_the_kernels_own(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        flows = lab.drive(tcp=3, udp=4, denied=2)
        lab.log("accept:everything")
        near, far, _ = lab.connect(8443)
        with near, far:
            near.sendall(b"x" * 20_000)
            received = 0
            while received < 20_000:
                received += len(far.recv(65536))
        lab.delete("-p", "tcp", "--dport", "8443")
        samples = self.until_samples(
            service, lambda found: found.sum("nfmon_session_bytes_total", rule="everything") is not None,
            "a session ended that a rule let in")
        kernel = lab.logged_count("accept:everything")
        samples = self.until_samples(
            service, lambda found: found.sum("nfmon_logged_packets_total", rule="everything") == kernel,
            f"all {kernel} packets that the rule logged are counted")
        tools = "iptables", "ip6tables"
        denied = sum(lab.logged_count("drop:ssh-bruteforce", "SSH", tool) for tool in tools)
        rule = {"rule": "ssh-bruteforce", "verdict": "drop"}
        samples = self.until_samples(
            service, lambda found: found.sum("nfmon_logged_packets_total", **rule) == denied,
            f"all {denied} packets that the rule denied are counted")
        way = {"rule": "everything", "verdict": "accept", "ingress": "lan0", "egress": "wan0", "direction": "original"}
        self.assertGreater(samples.sum("nfmon_session_bytes_total", **way), 20_000)
        self.assertGreaterEqual(samples.sum("nfmon_sessions_begun_total", kind="tracked", protocol="udp"), 4)
        self.assertEqual(samples.sum("nfmon_lost_total"), 0)
        self.assertEqual(samples.sum("nfmon_source_up", source="conntrack"), 1)
        self.until_samples(
            service, lambda found: found.sum("nfmon_conntrack_entries") == lab.entry_count(), "the kernel's own table")
        self.assertTrue(flows)

    def test_latency_is_there_where_the_kernel_stamps(self):
        lab = self.make_lab("new")
        lab.sysctl(nf_conntrack_timestamp=0)
        service = self.service(lab)
        lab.drive(udp=3)
        samples = self.until_samples(
            service, lambda found: found.sum("nfmon_event_latency_seconds_count", source="nflog") is not None,
            "logged packets have stamps")
        self.assertIsNone(samples.sum("nfmon_event_latency_seconds_count", source="conntrack"))
        major, minor = map(int, os.uname().release.split(".")[:2])
        if (major, minor) < (6, 14):
            return
        lab.sysctl(nf_conntrack_timestamp=1)
        lab.drive(udp=3)
        self.until_samples(
            service, lambda found: (found.sum("nfmon_event_latency_seconds_count", source="conntrack") or 0) >= 3,
            "conntrack's events have stamps")

    def test_totals_of_a_session_that_goes_on_are_of_the_last_dump_and_say_how_old_they_are(self):
        lab = self.make_lab("new")
        service = self.service(lab, "--totals-interval", "500ms")
        # Of a session from before, what had passed at the first look is not counted.
        self.until_samples(
            service, lambda found: found.sum("nfmon_dumps_total", cause="initial"), "it has seen who was there")
        near, far, key = lab.connect(8443)
        with near, far:
            near.sendall(b"x" * 50_000)
            received = 0
            while received < 50_000:
                received += len(far.recv(65536))

            def told():
                found = service.json("/v1/sessions?filter=dport%208443")
                rows = [row for row in found["sessions"] if session.from_nfmon(row).key == key]
                return rows and rows[0]["network"].get("bytes", 0) > 50_000 and (rows[0], found["summary"])

            row, summary = self.until(told, "its bytes are known before it ends")
            self.assertIn("age", row["nfmon"]["counters"])
            self.assertGreaterEqual(summary["counters_age"], row["nfmon"]["counters"]["age"])
            # What passed is counted for metrics, too, before the session ends.
            self.until_samples(
                service, lambda found: (found.sum("nfmon_session_bytes_total", direction="original") or 0) > 50_000,
                "its bytes are counted")
            samples = self.until_samples(
                service, lambda found: found.sum("nfmon_dump_interval_seconds") is not None, "it is dumped again")
            self.assertGreaterEqual(samples.sum("nfmon_dump_interval_seconds"), 0.1)

    def test_a_prometheus_scrapes_it_and_a_query_has_the_number_of_sessions(self):
        lab = self.make_lab("new")
        service = self.service(lab)
        lab.drive(udp=5)
        directory = self.directory()
        with open(directory / "prometheus.yml", "w", encoding="ascii") as file:
            file.write(
                "global: {scrape_interval: 1s}\n"
                "scrape_configs:\n"
                "  - job_name: nfmon\n"
                f"    static_configs: [{{targets: ['{LISTEN}']}}]\n")
        address = "127.0.0.1:9490"
        prometheus = self.closing(Program([
            "ip", "netns", "exec", lab.namespace, "prometheus", f"--config.file={directory / 'prometheus.yml'}",
            f"--storage.tsdb.path={directory / 'data'}", f"--web.listen-address={address}",
        ]))

        def query(expression):
            words = ["curl", "-sS", "--fail", "--max-time", "5", f"http://{address}/api/v1/query?" + urllib.parse.urlencode(
                {"query": expression})]
            found = run("ip", "netns", "exec", lab.namespace, *words, check=False)
            if found.returncode != 0 or prometheus.has_ended:
                return None
            results = json.loads(found.stdout)["data"]["result"]
            return float(results[0]["value"][1]) if results else None

        self.until(lambda: query('up{job="nfmon"}') == 1, f"it is scraped: {prometheus.talk[-1000:]}", 30)
        # Not those of all protocols: each query is a TCP connection itself, and tracked as one.
        listings = (lab.inside("conntrack", "-L", "-p", "udp", "-f", family).stdout for family in ("ipv4", "ipv6"))
        count = sum(listing.count("\n") for listing in listings)
        self.assertEqual(count, 10)
        self.until(lambda: query('sum(nfmon_sessions{protocol="udp"})') == count, "the sessions that there are", 15)
        self.assertEqual(query("nfmon_build_info"), 1)
        for expression in self.readme_queries():
            found = run(
                "ip", "netns", "exec", lab.namespace, "curl", "-sS", "--max-time", "5",
                f"http://{address}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
            self.assertEqual(json.loads(found.stdout)["status"], "success", expression)
        self.assertEqual(prometheus.stop(15, seconds=30), 0)

    @staticmethod
    def readme_queries():
        """The queries that the README recommends, and the expressions of its alerts."""
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        part = text[text.index("## Metrics"):text.index("## Exit status")]
        queries = re.findall(r"^\| [^|`]+ \| `(.*)` \|$", part, re.MULTILINE)
        alerts = re.findall(r"^ +expr: (.*)$", part, re.MULTILINE)
        assert queries and alerts
        return [query.replace("\\|", "|") for query in queries] + alerts
