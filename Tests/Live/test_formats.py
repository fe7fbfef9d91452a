"""Every format of both commands, read by somebody else's reader."""

import subprocess

from case import LiveTest
from formats import strict_json, validate
from nfmon import EVENT_FORMATS, NFMON, SESSION_FORMATS
from session import action


class Formats(LiveTest):
    def write(self, *words):
        result = subprocess.run([NFMON, *words], capture_output=True, timeout=30)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_sessions_of_an_empty_table_are_valid_in_every_format(self):
        lab = self.make_lab("new")
        for format_ in SESSION_FORMATS:
            for more in (), ("--top", "--interval", "100ms"):
                with self.subTest(format_, more=more):
                    records = validate(self.write("sessions", "--netns", lab.namespace, "-o", format_, *more), format_)
                    if format_ in ("json", "ndjson", "csv", "compact"):
                        self.assertEqual(records, [])
                    else:
                        self.assertIn("0 of 0 sessions", records[-2])
                        self.assertIn("complete: nothing is known to be lost", records[-1])

    def test_events_of_an_empty_table_are_valid_in_every_format(self):
        lab = self.make_lab("new")
        for format_ in EVENT_FORMATS:
            for more, count in ((), 2), (("--no-initial",), 0):  # the begin and the end of the first dump
                with self.subTest(format_, more=more):
                    data = self.write("events", "--netns", lab.namespace, "-o", format_, "--for", "300ms", *more)
                    records = validate(data, format_)
                    if format_ == "compact" and count:
                        count += 1  # the day
                    self.assertEqual(len(records), count, records)

    def test_sessions_of_all_kinds_are_valid_and_the_same_in_every_format(self):
        lab = self.make_lab("new", "drops")
        directory = self.directory()
        recorder = self.closing(lab.record(directory / "savefile"))
        flows = lab.drive(tcp=2, dnat=1, udp=2, ping=1, refused=1, denied=1)
        recorder.until_quiet()
        self.assert_ends_well(recorder)
        for source in ("-r", directory / "savefile"), ("--netns", lab.namespace, "--no-nflog"):
            keys = {}
            for format_ in SESSION_FORMATS:
                with self.subTest(format_, source=source[0]):
                    keys[format_] = validate(self.write("sessions", *source, "-o", format_), format_)
            with self.subTest(source[0]):
                self.assertEqual(len(keys["json"]), len(keys["ndjson"]))
                self.assertEqual(len(keys["json"]), len(keys["csv"]))
                self.assertEqual(len(keys["json"]), len(keys["compact"]))
                self.assert_csv_equals_json(keys["csv"], keys["json"])
                if source[0] == "-r":
                    self.assertEqual(len(keys["json"]), len(flows))

    def test_events_of_all_kinds_are_valid_and_the_same_in_every_format(self):
        lab = self.make_lab("new", "drops")
        savefile = self.directory() / "savefile"
        recorder = self.closing(lab.record(savefile, "--conntrack-buffer", "4K"))
        lab.drive(tcp=2, dnat=1, udp=2, ping=1, refused=1, denied=1)
        lab.datagrams(2000, first_source_port=10000)  # a loss, a resynchronisation
        lab.flush()
        recorder.until_quiet()
        self.assertEqual(recorder.stop(), 0)
        self.assertIn("conntrack lost", recorder.summary)
        records = {}
        for format_ in EVENT_FORMATS:
            with self.subTest(format_):
                records[format_] = validate(self.write("events", "-r", savefile, "-o", format_), format_)
        self.assertEqual(records["json"], records["ndjson"])
        self.assertEqual([row["action"] for row in records["csv"]], [action(event) for event in records["json"]])
        self.assertEqual(
            {action(event) for event in records["json"]},
            {"session-start", "session-update", "session-end", "session-denied", "loss", "resync"},
        )
        sequences = [event["event"]["sequence"] for event in records["json"]]
        self.assertEqual(sequences, list(range(len(sequences))))
        self.assertEqual(len([line for line in records["compact"] if not line.startswith("---")]), len(sequences))
        about_sessions = [
            (row, event) for row, event in zip(records["csv"], records["json"]) if action(event).startswith("session")
        ]
        self.assert_csv_equals_json(*zip(*about_sessions))

    def test_the_summary_of_json_adds_up(self):
        lab = self.make_lab("new")
        lab.drive(tcp=3, udp=2)
        document = strict_json(self.write("sessions", "--netns", lab.namespace, "-o", "json", "-n", "4").decode())
        summary = document["summary"]
        self.assertEqual((summary["shown"], summary["sessions"]), (4, 10))
        self.assertEqual(len(document["sessions"]), 4)
        self.assertEqual(summary["bytes"], sum(up[1] + down[1] for up, down in (
            (entry.up, entry.down) for entry in lab.conntrack().values())), "the totals are of all sessions")
        self.assertIs(summary["complete"], True)
        sizes = [row["network"]["bytes"] for row in document["sessions"]]
        self.assertEqual(sizes, sorted(sizes, reverse=True))

    def test_top_shows_what_moves_with_its_rate(self):
        lab = self.make_lab("all")
        near, far, key = lab.connect()
        self.closing(near), self.closing(far)
        lab.drive(udp=1)
        top = self.program([NFMON, "sessions", "--top", "1", "--interval", "1s", "-o", "ndjson", "--netns", lab.namespace])
        for _ in range(200):
            if top.has_ended:
                break
            near.sendall(bytes(10000))
            count = 10000
            while count:
                count -= len(far.recv(count))
            try:
                top.process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
        self.assertEqual(top.wait(), 0)
        [row] = validate(top.output, "ndjson")
        self.assertEqual(row["source"]["port"], key.source[1])
        self.assertGreater(row["nfmon"]["rate"]["bytes"], 10000)
        self.assertEqual(row["observer"]["ingress"]["interface"]["name"], "lan0")

    def assert_csv_equals_json(self, rows, records):
        """The same records in the same order. Unknown is an empty field in one and absent in the other."""
        def field(record, *path):
            for name in path:
                record = record.get(name, {})
            return "" if record == {} else str(record)

        for row, record in zip(rows, records):
            self.assertEqual(
                {name: row[name] for name in PATHS}, {name: field(record, *path) for name, path in PATHS.items()}
            )


PATHS = {
    "session": ("nfmon", "session"),
    "proto": ("network", "transport"),
    "src": ("source", "ip"), "sport": ("source", "port"),
    "dst": ("destination", "ip"), "dport": ("destination", "port"),
    "natsrc": ("source", "nat", "ip"), "natsport": ("source", "nat", "port"),
    "natdst": ("destination", "nat", "ip"), "natdport": ("destination", "nat", "port"),
    "icmp_type": ("nfmon", "icmp", "type"), "icmp_code": ("nfmon", "icmp", "code"), "icmp_id": ("nfmon", "icmp", "id"),
    "community_id": ("network", "community_id"), "nat_community_id": ("nfmon", "nat_community_id"),
    "gre_skey": ("nfmon", "gre", "source_key"), "gre_dkey": ("nfmon", "gre", "destination_key"),
    "iif": ("observer", "ingress", "interface", "name"), "oif": ("observer", "egress", "interface", "name"),
    "rule": ("rule", "name"), "verdict": ("nfmon", "verdict"),
    "zone": ("nfmon", "zone"), "state": ("nfmon", "state"),
    "bytes": ("network", "bytes"), "packets": ("network", "packets"),
    "src_bytes": ("source", "bytes"), "src_packets": ("source", "packets"),
    "dst_bytes": ("destination", "bytes"), "dst_packets": ("destination", "packets"),
    "start": ("event", "start"),
}
